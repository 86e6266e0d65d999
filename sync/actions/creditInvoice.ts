import { creditParts, splitSum, type CreditSplit } from '../domain/creditSplit.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { formatMoney } from '../domain/money.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import { advanceCommand } from '../store/commands.ts';
import { markDirty } from '../store/syncRecords.ts';
import { issueCredit, previewCredit, type AskedCredit } from '../stripe/creditInvoice.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { chargedPayments } from '../stripe/refunds.ts';
import type { ActionParams } from './actionParams.ts';
import { askedAmount } from './askedAmount.ts';
import { namedLine } from './namedLine.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/**
 * Issues a credit note. It lowers what is still owed first; what was paid already goes where the asker says, and the sum
 * of that has to be Stripe's own: a preview tells before anything is done.
 */
export async function creditInvoice(
  engine: Engine,
  context: StepContext,
  key: string,
): Promise<StripeInvoice> {
  const { command, stripe } = context;
  const credit = (command.state.credit as AskedCredit | undefined) ?? (await decided(engine, context));
  const note = (state: Record<string, unknown>) => advanceCommand(engine.database, command, { state });
  await note({ credit });
  const { id, number, total, lowered } = await issueCredit(engine.stripe, credit, key);
  await markDirty(engine.database, 'credit_note', { stripeId: id, side: 'stripe' });
  await note({ moved: { amount: total, credited: { number, lowered, ...credit.split } } });
  return (await readStripeInvoice(engine.stripe, stripe.id)) ?? stripe;
}

async function decided(engine: Engine, context: StepContext): Promise<AskedCredit> {
  const { command, stripe } = context;
  const { amount, lines, reason, memo, ...asked } = command.params as ActionParams<'credit'>;
  const minor = (value: number | undefined) =>
    value === undefined ? undefined : askedAmount(value, stripe.currency);
  const split: CreditSplit = {
    refund: minor(asked.refund) ?? 0,
    balance: minor(asked.balance) ?? 0,
    outside: minor(asked.outside) ?? 0,
  };
  const what: AskedCredit['what'] =
    amount === undefined
      ? {
          lines: lines!.map(({ line, quantity, ...one }) => ({
            id: namedLine(context, line).id,
            quantity,
            amount: minor(one.amount),
          })),
        }
      : { amount: askedAmount(amount, stripe.currency) };
  if ('amount' in what) refuseIfSplitDiffers(context, { total: what.amount, split });
  await refuseIfNotRefundable(engine, context, split);
  const credit = { invoice: stripe.id, what, split, reason, memo };
  await refuseIfStripeWould(engine, context, credit);
  return credit;
}

function refuseIfSplitDiffers(
  context: StepContext,
  { total, split }: { total: number; split: CreditSplit },
): void {
  const { currency, amountRemaining, amountPaid } = context.stripe;
  const { lowered, paid } = creditParts(total, amountRemaining);
  const given = splitSum(split);
  // What was neither paid nor is owed has been credited before: Stripe knows how much is left.
  if (given === paid || paid > amountPaid) return;
  const say = (amount: number) => formatMoney(amount, currency);
  if (paid === 0)
    throw refused(
      'split_differs',
      `${nameOf(context)} has ${say(amountRemaining)} left to pay, which the credit note lowers by ${say(total)}. Nothing of it was paid yet, so nothing can be given back: leave refund, balance and outside out.`,
    );
  const paidPart =
    lowered > 0
      ? `Of ${say(total)} ${say(lowered)} are not paid yet, and ${say(paid)} are`
      : `${say(paid)} of ${nameOf(context)} are paid`;
  throw refused(
    'split_differs',
    `${paidPart} already. Say how much of that is refunded, put on the customer's balance or given back outside Stripe: together it has to be ${say(paid)}, and it is ${say(given)}.`,
  );
}

async function refuseIfNotRefundable(
  engine: Engine,
  context: StepContext,
  { refund }: CreditSplit,
): Promise<void> {
  if (refund === 0) return;
  const payments = await chargedPayments(engine.stripe, context.stripe.id);
  const left = payments.reduce((sum, payment) => sum + payment.left, 0);
  if (refund <= left) return;
  const say = (amount: number) => formatMoney(amount, context.stripe.currency);
  throw refused(
    'refund_too_large',
    `Of what was paid for ${nameOf(context)} through Stripe ${say(left)} are left to refund, not ${say(refund)}. Put the rest on the customer's balance, or give it back outside Stripe.`,
  );
}

async function refuseIfStripeWould(engine: Engine, context: StepContext, credit: AskedCredit): Promise<void> {
  try {
    await previewCredit(engine.stripe, credit);
  } catch (error) {
    if (!(error instanceof PermanentFailure)) throw error;
    throw notTaken(nameOf(context), error);
  }
}

/** In Stripe's words: it knows what was credited before. */
export function notTaken(name: string, { cause, message }: PermanentFailure): PermanentFailure {
  const said = cause instanceof Error ? cause.message.trim() : message;
  return refused(
    'credit_refused',
    `Stripe does not take this credit note for ${name}: ${said}${/[.!?]$/.test(said) ? '' : '.'} Correct the amounts and try again; nothing was done.`,
  );
}
