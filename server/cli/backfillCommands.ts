import { Argument, Option, type Command } from 'commander';
import type { SyncEntity } from '../../sync/domain/entity.ts';
import { orderedEntities, type BackfillOptions } from '../../sync/store/backfillRuns.ts';
import type { Database } from '../../sync/store/database.ts';
import { runBackfillCommand } from './backfill.ts';
import { matches, resolveMatch } from './matches.ts';
import type { Output } from './output.ts';

/** What the commands need of the program that they are added to. */
export interface ProgramParts {
  command(name: string, description: string): Command;
  output(): Output;
  withDatabase(work: (database: Database, output: Output) => Promise<number>): Promise<void>;
  end(exitCode: number): void;
}

interface BackfillFlags {
  from?: 'stripe' | 'salesforce';
  entity?: SyncEntity[];
  dryRun?: boolean;
  csv?: string;
  resume?: string;
  unmatched: BackfillOptions['unmatched'];
  where?: string;
}

const USAGE_ERROR = 2;

export function addBackfillCommands({ command, output, withDatabase, end }: ProgramParts): void {
  command('backfill', 'bring over what was there before Invoicebridge')
    .addOption(new Option('--from <side>', 'the side that has it').choices(['stripe', 'salesforce']))
    .addOption(
      new Option('--entity <entities...>', 'only these; from Salesforce: invoices, unless named').choices([
        ...orderedEntities,
      ]),
    )
    .option('--dry-run', 'write nothing, and say what would be done')
    .option('--csv <file>', 'a row for each record and field')
    .option('--resume <id>', 'go on with a run that was stopped')
    .addOption(
      new Option('--unmatched <what>', 'customers and products of Stripe that the org does not have')
        .choices(['queue', 'create'])
        .default('queue'),
    )
    .option('--where <soql>', 'from Salesforce: only records with this condition')
    .action(async (flags: BackfillFlags, self: Command) => {
      const usage = usageError(flags);
      if (usage) self.error(`error: ${usage}`, { exitCode: USAGE_ERROR });
      const { from, entity, dryRun = false, csv, resume, unmatched, where } = flags;
      const start = from
        ? {
            direction: from,
            options: { entities: entity ?? defaults(from), unmatched, where: where ?? null },
          }
        : { resume: resume! };
      end(await runBackfillCommand(output(), { start, dryRun, csv }));
    });

  const queue = command('matches', 'customers of Stripe that could be several Accounts, or none').action(() =>
    withDatabase(matches),
  );
  queue
    .command('resolve')
    .description('say which Account a customer is')
    .addArgument(new Argument('<id>', 'of the open match, or of the customer in Stripe'))
    .option('--account <id>', 'this Account')
    .option('--create', 'a new Account is made for it')
    .option('--ignore', 'it has no place in the org')
    .option('--json', 'one JSON object a line, for programs')
    .action((id: string, flags: { account?: string; create?: boolean; ignore?: boolean }, self: Command) => {
      if ([flags.account, flags.create, flags.ignore].filter(Boolean).length !== 1) {
        self.error('error: name --account, or --create, or --ignore', { exitCode: USAGE_ERROR });
      }
      return withDatabase((database, out) => resolveMatch(database, out, { id, ...flags }));
    });
}

const defaults = (from: 'stripe' | 'salesforce'): SyncEntity[] =>
  from === 'stripe' ? [...orderedEntities] : ['invoice'];

function usageError({ from, entity, resume, dryRun, where }: BackfillFlags): string | undefined {
  if (!from === !resume) return 'name --from, or --resume with the id of a run';
  if (resume && (entity || dryRun || where)) return 'a resumed run keeps what it was begun with';
  if (from === 'stripe' && where) return '--where goes with --from salesforce';
  const foreign = entity?.filter((one) => !['customer', 'product', 'price', 'invoice'].includes(one)) ?? [];
  if (from === 'salesforce' && foreign.length > 0) return `${foreign.join(', ')}: only Stripe makes these`;
  return undefined;
}
