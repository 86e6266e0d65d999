import { runProgram } from '../server/cli/program.ts';

process.exitCode = await runProgram(process.argv);
