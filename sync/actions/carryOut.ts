import { randomUUID } from 'node:crypto';
import type { StripeInvoice } from '../domain/invoice.ts';
import { refusalOf } from '../domain/invoiceActions.ts';
import { isPaidThroughLink, shownLink } from '../domain/paymentLink.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { waitForLog } from '../flows/writeOnce.ts';
import { advanceCommand } from '../store/commands.ts';
import { linkPaymentsOf, linksOf } from '../store/paymentLinks.ts';
import { firstSentAt } from '../store/sentInvoices.ts';
import { dropIntent, noteIntent, noteSent } from '../store/syncRecords.ts';
import { KEY_HOLDS_MS } from '../stripe/idempotencyKeys.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { isFinalAnswer } from '../stripe/translateError.ts';
import { sendInvoice } from '../stripe/writeInvoice.ts';
import { dueFromToday } from './dueFromToday.ts';
import { STEPS } from './invoiceSteps.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/** What Stripe does a second time as well as once; all else it refuses of an invoice that has had it. */
const ADDING: ReadonlySet<string> = new Set([
  'edit',
  'resend',
  'remind',
  'record-payment',
  'refund',
  'credit',
  'revise',
  'duplicate',
]);

const CARRIED_OUT = 'carried out';

/** Has Stripe do what the command asks for, once, and gives the invoice as it is then. Refuses what is not possible now. */
export async function carryOut(engine: Engine, context: StepContext): Promise<StripeInvoice> {
  // This very command has done it before it was interrupted; what is left is to write the org.
  if (context.command.stage === CARRIED_OUT) return context.stripe;
  // What was begun before, Stripe may have done: then the state that we see is what came of it.
  if (!context.command.state.key) await refuseIfNotPossible(engine, context);
  if (['send', 'finalize'].includes(context.action)) await dueFromToday(engine, context);
  const { action } = context;
  // The org's record goes first, once both sides say the same; the engine follows as if a person had deleted it.
  if (action === 'delete') return context.stripe;
  const done = await (action === 'send' ? send(engine, context) : once(engine, context, action));
  await advanceCommand(engine.database, context.command, { stage: CARRIED_OUT });
  return done;
}

/**
 * The idempotency key of a send belongs to the invoice, not to the command: two people who press the button at the same
 * time, and a worker that was killed between Stripe's answer and its own note of it, all ask for the same mail.
 */
async function send(engine: Engine, { record, stripe }: StepContext): Promise<StripeInvoice> {
  const { key, at } = await noteIntent(engine.database, record, {
    name: 'send',
    intent: { key: `send-${record.id}-${randomUUID()}`, at: engine.now().toISOString() },
  });
  await waitForLog(engine, at);
  try {
    const sent = await sendInvoice(engine.stripe, stripe.id, key);
    await noteSent(engine.database, record, engine.now());
    return sent;
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error)) await dropIntent(engine.database, record, 'send');
    throw error;
  }
}

/** The key of all else belongs to the command; an answer that Stripe gave for good is not asked for again under it. */
async function once(
  engine: Engine,
  context: StepContext,
  action: keyof typeof STEPS,
): Promise<StripeInvoice> {
  const { command } = context;
  const begun = command.state.key as string | undefined;
  if (begun) refuseIfForgotten(engine, context);
  const key = begun ?? randomUUID();
  if (!begun)
    await advanceCommand(engine.database, command, { state: { key, begunAt: engine.now().toISOString() } });
  try {
    const done = await STEPS[action](engine, context, key);
    // Stripe repeats what it answered the first time; more may have happened since.
    return (begun && (await readStripeInvoice(engine.stripe, done.id))) || done;
  } catch (error) {
    if (isSyncFailure(error) && isFinalAnswer(error))
      await advanceCommand(engine.database, command, { state: { key: undefined } });
    throw error;
  }
}

/** Repeated after so long, what was done already could be done twice; a person has to look. */
function refuseIfForgotten(engine: Engine, context: StepContext): void {
  const { begunAt, paymentRecord } = context.command.state;
  // A payment that has been reported is known by its own id.
  if (!ADDING.has(context.action) || paymentRecord) return;
  if (engine.now().getTime() - Date.parse(begunAt as string) <= KEY_HOLDS_MS) return;
  throw refused(
    'outcome_unknown',
    `This was begun for ${nameOf(context)} more than a day ago, and no answer of Stripe has come. So that it is not done twice, it is not repeated. Look whether Stripe has it, and do it again if it has not.`,
  );
}

async function refuseIfNotPossible(
  engine: Engine,
  { action, record, crm, stripe }: StepContext,
): Promise<void> {
  const [links, linkPayments] = await Promise.all([
    linksOf(engine.database, [stripe.id]),
    linkPaymentsOf(engine.database, [stripe.id]),
  ]);
  const refusal = refusalOf(action, {
    ...stripe,
    hasPaymentLink: shownLink(links, linkPayments).url !== null,
    isPaidThroughLink: isPaidThroughLink(linkPayments),
    name: nameOf({ stripe, crm }),
    hasLines: stripe.lines.length > 0,
    sentAt:
      record.sentAt?.toISOString() ??
      crm.sentAt ??
      (await firstSentAt(engine.database, [stripe.id])).get(stripe.id)?.toISOString() ??
      null,
  });
  if (refusal) throw new PermanentFailure({ ...refusal, stage: 'decide' });
}
