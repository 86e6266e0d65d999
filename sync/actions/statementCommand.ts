import { buffer } from 'node:stream/consumers';
import type { AskedPeriod } from '../domain/statementPeriod.ts';
import { madeWords } from '../domain/statementWords.ts';
import type { Engine } from '../engine.ts';
import { awaitingMerge, mergePending } from '../flows/mergedAccounts.ts';
import { fileOfVersion, latestFile, storeFile } from '../salesforce/storeFile.ts';
import { statementFigures, type StatementFigures } from '../statement/statementFigures.ts';
import { statementOf } from '../statement/statementOf.ts';
import { statementPdf } from '../statement/statementPdf.ts';
import { advanceCommand } from '../store/commands.ts';
import type { Command } from '../store/entities.ts';

type Figures = StatementFigures['currencies'][number];

/** What is told of a statement that was stored; amounts in major units. */
interface Made {
  message: string;
  statement: {
    title: string;
    from: string;
    to: string;
    currencies: Pick<
      Figures,
      'currency' | 'openingBalance' | 'closingBalance' | 'pastDue' | 'customerBalance'
    >[];
  };
}

export interface StatementResult extends Made {
  statement: Made['statement'] & { fileId: string };
}

/**
 * Makes the statement of an Account and stores it as a file of it. The file of a period that has one already gets another
 * version. The version's key is the command's, so it is there once, and a try after a lost answer tells of that one.
 */
export async function statementCommand(engine: Engine, command: Command): Promise<StatementResult> {
  const accountId = command.crm_id;
  const before = command.state.made as Made | undefined;
  if (before) {
    const stored = await fileOfVersion(engine.org, keyOf(command, before.statement));
    if (stored) return withFile(before, stored);
  }
  if ((await awaitingMerge(engine, [accountId])).has(accountId)) throw mergePending();
  const statement = await statementOf(engine, {
    accountId,
    asked: command.params as AskedPeriod,
    now: engine.now(),
  });
  const bytes = await buffer(statementPdf(statement, engine.settings.statementFont ?? null));
  const { from, to, currencies } = statementFigures(statement);
  const title = `Statement ${from} to ${to}`;
  const made: Made = {
    message: madeWords({ from, to }, statement.sections),
    statement: { title, from, to, currencies: currencies.map(({ rows: _, ...sums }) => sums) },
  };
  await advanceCommand(engine.database, command, { stage: 'made', state: { made } });
  const fileId = await storeFile(engine.org, {
    recordId: accountId,
    fileId: await latestFile(engine.org, {
      recordId: accountId,
      keyBegins: periodKey(command, { from, to }),
    }),
    key: keyOf(command, { from, to }),
    title,
    name: `${title}.pdf`,
    bytes,
  });
  return withFile(made, fileId);
}

const withFile = ({ message, statement }: Made, fileId: string): StatementResult => ({
  message,
  statement: { fileId, ...statement },
});

const periodKey = ({ crm_id: accountId }: Command, { from, to }: { from: string; to: string }) =>
  `statement ${accountId} ${from} ${to} `;

const keyOf = (command: Command, period: { from: string; to: string }) =>
  `${periodKey(command, period)}${command.id}`;
