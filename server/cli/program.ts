import { Argument, Command, CommanderError, Option } from 'commander';
import { syncEntities, type SyncEntity } from '../../sync/domain/entity.ts';
import { openDatabase, type Database } from '../../sync/store/database.ts';
import { ConfigError, loadDatabaseUrl } from '../config.ts';
import { migrate } from '../migrate.ts';
import { adopt } from './adoptOrg.ts';
import { runAudit } from './audit.ts';
import { addBackfillCommands } from './backfillCommands.ts';
import { doctor } from './doctor/doctor.ts';
import { events } from './events.ts';
import { openOutput, type Output } from './output.ts';
import { parked, retry } from './queues.ts';
import { status } from './status.ts';
import { conflicts, sync } from './sync.ts';

const USAGE_ERROR = 2;

/** Runs `invoicebridge <command>` and returns the exit code: 0 well, 1 something failed or was found, 2 usage. */
export async function runProgram(argv: string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('invoicebridge')
    .description('Looks after Invoicebridge. Settings come from the environment, as for web and worker.')
    .exitOverride();

  let json = false;
  program.hook('preAction', (_program, action) => {
    json = action.opts<{ json?: boolean }>().json ?? false;
  });
  const output = () => openOutput(process.stdout, { json });
  const withDatabase = async (work: (database: Database, output: Output) => Promise<number>) => {
    const database = await openDatabase(loadDatabaseUrl(), 4);
    try {
      exitCode = await work(database, output());
    } finally {
      await database.close();
    }
  };
  const entityOption = () =>
    new Option('--entity <entity>', 'only records of this kind').choices([...syncEntities]);
  const command = (name: string, description: string) =>
    program.command(name).description(description).option('--json', 'one JSON object a line, for programs');

  command('migrate', 'bring the database up to date').action(async () => {
    const applied = await migrate(loadDatabaseUrl());
    output().emit({ kind: 'migrated', applied });
    output().say(applied.length ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
  });

  command('status', 'queues, commands, cursors, the last event of each side, and how the workers are').action(
    () => withDatabase(status),
  );

  command('parked', 'records that wait for somebody to mend something, with the reason')
    .addOption(entityOption())
    .action((options: { entity?: SyncEntity }) =>
      withDatabase((database, out) => parked(database, out, options)),
    );

  command('retry', 'try parked records again')
    .addArgument(new Argument('[ids...]', 'ids of Salesforce or of Stripe'))
    .addOption(entityOption())
    .option('--all', 'everything that is parked')
    .action((ids: string[], options: { entity?: SyncEntity; all?: boolean }, self: Command) => {
      const ways = [ids.length > 0, options.entity !== undefined, options.all === true];
      if (ways.filter(Boolean).length !== 1) {
        self.error('error: name ids, or --entity, or --all', { exitCode: USAGE_ERROR });
      }
      return withDatabase((database, out) => retry(database, out, { ids, entity: options.entity }));
    });

  command('sync', 'bring both sides of records together now, and say what that changed where')
    .addArgument(new Argument('<ids...>', 'ids of Salesforce or of Stripe'))
    .action((ids: string[]) => withDatabase((database, out) => sync(database, out, ids)));

  command('conflicts', 'records whose fields were changed on both sides, until somebody has looked at them')
    .addOption(entityOption())
    .action((options: { entity?: SyncEntity }) =>
      withDatabase((database, out) => conflicts(database, out, options)),
    );

  command('events', 'who changed a record, when, and from which event')
    .addArgument(new Argument('<id>', 'id of the record in Salesforce or in Stripe, or of an event'))
    .action((id: string) => withDatabase((database, out) => events(database, out, id)));

  command('doctor', 'check the settings, the database and both connections, and say how to mend each')
    .addOption(new Option('--url <url>', 'where Stripe reaches the web process').env('PUBLIC_URL'))
    .action(async (options: { url?: string }) => {
      exitCode = await doctor(output(), options);
    });

  command('audit', 'compare both sides whole: counts, sums and every record that differs')
    .option('--heal', 'have the engine mend what differs')
    .option('--out <file>', 'write the report as an HTML page')
    .action(async (options: { heal?: boolean; out?: string }) => {
      exitCode = await runAudit(output(), { heal: options.heal ?? false, out: options.out });
    });

  command('adopt-org', 'serve another org than before with the same records, e.g. after its refresh')
    .option('--yes', 'do it; without it only what it means is told')
    .action((options: { yes?: boolean }) =>
      withDatabase((database, out) => adopt(database, out, { yes: options.yes ?? false })),
    );

  addBackfillCommands({ command, output, withDatabase, end: (code) => (exitCode = code) });

  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** Commander has said what is wrong with the usage already; other errors are told here, without a stack. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
  process.stderr.write(`${error instanceof ConfigError ? error.message : failureWords(error)}\n`);
  return 1;
}

function failureWords(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === '42P01') return 'The database is not migrated. Run `invoicebridge migrate`.';
  if (/^(ECONN|ENOTFOUND|ENOENT|28|3D|57P)/.test(code ?? '')) {
    return `The database cannot be reached (${code}). Check DATABASE_URL.`;
  }
  return message || String(error);
}
