import { momentOf } from '../domain/civilDay.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { advanceCommand } from '../store/commands.ts';
import { accountZone } from '../stripe/accountZone.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { invoiceOfPayment } from '../stripe/readPayment.ts';
import { reportPayment } from '../stripe/reportPayment.ts';
import { isFinalAnswer, translateStripeError } from '../stripe/translateError.ts';
import { attachPayment } from '../stripe/writeInvoice.ts';
import type { ActionParams } from './actionParams.ts';
import { askedAmount } from './askedAmount.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

// Where a day begins first, it does so 14 hours before UTC.
const EARLIEST_ZONE = 14 * 3600;

/** What is noted before the first call, so that a second try sends the same. */
interface Noted {
  paidAt?: number;
  overpaidBefore?: number;
  paymentRecord?: string;
}

/**
 * Reports money that came in outside Stripe, then counts it for the invoice: two calls, each once under a key of its
 * own. What is more than owed Stripe credits to the customer's balance.
 */
export async function recordPayment(
  engine: Engine,
  { command, crm, stripe }: StepContext,
  key: string,
): Promise<StripeInvoice> {
  const { amount: asked, paidOn, method, reference } = command.params as ActionParams<'record-payment'>;
  const amount = askedAmount(asked, stripe.currency);
  const note = (state: Noted & Record<string, unknown>) =>
    advanceCommand(engine.database, command, { state });
  const noted = command.state as Noted;
  if (noted.paidAt === undefined)
    await note({ paidAt: await paidAtNoon(engine, paidOn), overpaidBefore: stripe.amountOverpaid });
  const { paidAt, overpaidBefore } = command.state as Required<Noted>;

  const { customerId, currency } = stripe;
  const paymentRecord =
    noted.paymentRecord ??
    (await reportPayment(
      engine.stripe,
      { customerId, amount, currency, paidAt, method, reference },
      `${key}-report`,
    ));
  await note({ paymentRecord });
  const after = await counted(
    engine,
    { invoice: stripe, name: nameOf({ stripe, crm }), paymentRecord },
    `${key}-attach`,
  );
  await note({ moved: { amount, over: after.amountOverpaid - overpaidBefore } });
  return after;
}

/** A refusal may come after all because it counts already, by an answer that Stripe does not remember any more. */
async function counted(
  engine: Engine,
  { invoice, name, paymentRecord }: { invoice: StripeInvoice; name: string; paymentRecord: string },
  key: string,
): Promise<StripeInvoice> {
  try {
    return await attachPayment(engine.stripe, { id: invoice.id, paymentRecord }, key);
  } catch (error) {
    if (!isSyncFailure(error) || !(error instanceof PermanentFailure) || !isFinalAnswer(error)) throw error;
    const countsFor = await invoiceOfPayment(engine.stripe, paymentRecord).catch((cause: unknown) => {
      throw translateStripeError(cause, 'read-stripe');
    });
    const after = countsFor === invoice.id && (await readStripeInvoice(engine.stripe, invoice.id));
    if (after) return after;
    throw new PermanentFailure({
      code: error.code,
      stage: error.stage,
      message: `The payment is reported in Stripe as ${paymentRecord}, but does not count for ${name}. ${error.message}`,
      cause: error.cause,
    });
  }
}

/** Noon of the account's day, in seconds since 1970; of today no later than now, because Stripe takes no time to come. */
async function paidAtNoon(engine: Engine, paidOn: string): Promise<number> {
  const now = Math.floor(engine.now().getTime() / 1000);
  const zone = await accountZone(engine.stripe);
  // Who is where it is tomorrow already means a day that the account has not come to.
  if (Date.parse(`${paidOn}T00:00:00Z`) / 1000 > now + EARLIEST_ZONE) {
    throw refused('invalid_day', `${paidOn} is still to come. Give the day on which the money came in.`);
  }
  return Math.min(momentOf(zone, paidOn, 12), now);
}
