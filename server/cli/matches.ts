import { toLongId } from '../../sync/domain/salesforceId.ts';
import { decideCase, type CaseDecision } from '../../sync/matching/decideCase.ts';
import type { Database } from '../../sync/store/database.ts';
import { listCases } from '../../sync/store/matchCases.ts';
import { closedWords, takenWords } from '../matchWords.ts';
import type { Output } from './output.ts';
import { pagesOf } from './pages.ts';

/** `invoicebridge matches`: customers of Stripe that wait for a person to say which Account they are. */
export async function matches(database: Database, output: Output): Promise<number> {
  let count = 0;
  for await (const page of pagesOf((place) => listCases(database, { state: 'open', ...place }))) {
    for (const { id, stripeId, customer, reason, candidates } of page) {
      output.emit({ kind: 'match', id, stripeId, ...customer, reason, candidates });
      output.say(
        `${output.paint('strong', id)}  ${customer.name || '(no name)'}  ${customer.email ?? '(no e-mail)'}  ${stripeId}`,
      );
      output.say(`   ${reason}`);
      output.table(
        ['   Account', 'name', 'alike', 'because'],
        candidates.map((one) => [`   ${one.accountId}`, one.name, one.score, one.because]),
      );
      output.say();
    }
    count += page.length;
  }
  output.say(
    count === 0
      ? 'Every customer of Stripe that is known has its Account.'
      : `${count} open. Say which it is: invoicebridge matches resolve <id> --account <id>, --create or --ignore`,
  );
  return 0;
}

/** `invoicebridge matches resolve`: 1 when the decision cannot be taken in. */
export async function resolveMatch(
  database: Database,
  output: Output,
  { id, account, create }: { id: string; account?: string; create?: boolean },
): Promise<number> {
  const refuse = (code: string, message: string) => {
    output.emit({ kind: 'refused', code, message });
    output.say(output.paint('bad', message));
    return 1;
  };
  const accountId = account && /^001/.test(account) ? toLongId(account) : undefined;
  if (account && !accountId) return refuse('invalid_account', `${account} is not the id of an Account.`);
  const decision: CaseDecision = accountId ? { accountId } : create ? 'create' : 'ignore';
  const decided = await decideCase(database, { id, decision, by: 'command line' });
  if (decided.kind === 'unknown') return refuse('unknown_match', `There is no match ${id}.`);
  if (decided.kind === 'taken') return refuse('account_taken', takenWords(decided.accountId));
  if (decided.kind === 'closed') return refuse('match_closed', closedWords(decided.case));
  output.emit({ kind: 'decided', match: decided.case });
  output.say(
    decision === 'ignore'
      ? `${decided.case.stripeId} is left out of the org.`
      : `${decided.case.stripeId} is being linked; its invoices follow.`,
  );
  return 0;
}
