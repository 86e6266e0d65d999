import type { StripeInvoice } from '../domain/invoice.ts';
import { countedOf, NOT_TAKEN, type UncountedReason } from '../domain/paymentLink.ts';
import type { Engine } from '../engine.ts';
import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { noteLinkPayment, updateLinkPayment, type LinkPayment } from '../store/paymentLinks.ts';
import { markDirty } from '../store/syncRecords.ts';
import { attachIntent, giveBack, giveToCustomer, type PaidIntent } from '../stripe/paymentLinks.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { invoiceOfPayment } from '../stripe/readPayment.ts';
import { givenBackBefore } from '../stripe/refunds.ts';
import { recordStandingFor, reportPayment } from '../stripe/reportPayment.ts';
import { isFinalAnswer, translateStripeError } from '../stripe/translateError.ts';
import { attachPayment } from '../stripe/writeInvoice.ts';
import { followRefunds } from './followRefunds.ts';

/** The invoice as it was read last; `gone` once its record is deleted in the org: then nothing counts for it. */
export interface PaidInvoice {
  invoice: StripeInvoice;
  gone: boolean;
}

/**
 * Has a payment through a link count for its invoice, once, and gives back what does not. What shall become of it is
 * decided by the invoice as it is at that moment and noted before it is done, so that it may be interrupted anywhere.
 */
export async function settleLinkPayment(
  engine: Engine,
  { invoice, gone }: PaidInvoice,
  paid: PaidIntent,
): Promise<StripeInvoice> {
  const { database } = engine;
  const payment = await noteLinkPayment(database, { ...paid, invoice: invoice.id });
  if (payment.settled) {
    await followRefunds(engine, payment);
    return invoice;
  }
  if (payment.counted === null) await decide(engine, { invoice, gone }, payment);
  const counted = payment.counted ? await count(engine, { invoice, gone }, { payment, paid }) : null;
  if (payment.why !== null && payment.givenBack === null) await refundTheRest(engine, payment);
  await updateLinkPayment(database, payment, { settled: true });
  await markDirty(database, 'payment', { stripeId: paid.paymentIntent, side: 'stripe' });
  return counted ?? (await now(engine, invoice));
}

async function decide(engine: Engine, { invoice, gone }: PaidInvoice, payment: LinkPayment): Promise<void> {
  const latest = await now(engine, invoice);
  // It is among the invoice's payments already, e.g. by somebody's hand.
  const isAttached = (await asked(() => invoiceOfPayment(engine.stripe, payment.paymentIntent))) !== null;
  await updateLinkPayment(
    engine.database,
    payment,
    isAttached
      ? { counted: payment.amount, why: null }
      : ((await countedByRecord(engine, payment)) ?? countedOf(gone ? null : latest, payment)),
  );
}

/** A record counts in its place already, which an installation before this one has noted, or a worker that was killed. */
async function countedByRecord(engine: Engine, payment: LinkPayment) {
  const { invoice, paymentIntent } = payment;
  const record = await asked(() => recordStandingFor(engine.stripe, { invoice, paymentIntent }));
  if (!record) return null;
  const why: UncountedReason | null = record.amount < payment.amount ? 'more_than_owed' : null;
  return { counted: record.amount, why, paymentRecord: record.id };
}

/** The invoice with the payment; null where it could not be counted, because somebody was quicker. */
async function count(
  engine: Engine,
  { invoice, gone }: PaidInvoice,
  { payment, paid }: { payment: LinkPayment; paid: PaidIntent },
): Promise<StripeInvoice | null> {
  try {
    return await countOnce(engine, invoice, { payment, paid });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const latest = await now(engine, invoice);
    if (latest.status === 'open') throw notCounted(invoice, { payment, error });
    await decide(engine, { invoice: latest, gone }, payment);
    return null;
  }
}

/** A refusal may come after all because it counts already, by an answer that Stripe does not remember any more. */
async function countOnce(
  engine: Engine,
  invoice: StripeInvoice,
  { payment, paid }: { payment: LinkPayment; paid: PaidIntent },
): Promise<StripeInvoice> {
  const { stripe } = engine;
  const { paymentIntent } = payment;
  if (payment.counted === payment.amount && payment.paymentRecord === null) {
    if (await asked(() => invoiceOfPayment(stripe, paymentIntent))) return now(engine, invoice);
    try {
      if (paid.charge && !paid.customerId && invoice.customerId)
        await giveToCustomer(stripe, paid.charge, invoice.customerId);
      return await attachIntent(stripe, { invoice: invoice.id, paymentIntent });
    } catch (error) {
      // Another one's invoice to Stripe, as a guest's payment may be: then a record stands for it, as for any money from outside.
      if (!isRefusal(error) || (await now(engine, invoice)).status !== 'open') throw error;
    }
  }
  return countRecord(engine, invoice, payment);
}

/** Exactly what is left to pay counts, by a record with the payment's id as its reference. */
async function countRecord(
  engine: Engine,
  invoice: StripeInvoice,
  payment: LinkPayment,
): Promise<StripeInvoice> {
  const { stripe, database } = engine;
  const { paymentIntent, counted, currency } = payment;
  if (payment.paymentRecord === null) {
    const reported = {
      customerId: invoice.customerId,
      amount: counted!,
      currency,
      paidAt: Date.parse(payment.paidAt) / 1000,
      method: 'Payment link',
      reference: paymentIntent,
      standsFor: paymentIntent,
    };
    const paymentRecord = await reportPayment(stripe, reported, `report-${paymentIntent}-${counted!}`);
    await updateLinkPayment(database, payment, { paymentRecord });
  }
  const paymentRecord = payment.paymentRecord!;
  if (await asked(() => invoiceOfPayment(stripe, paymentRecord))) return now(engine, invoice);
  return attachPayment(stripe, { id: invoice.id, paymentRecord }, `attach-${paymentRecord}`);
}

async function refundTheRest(engine: Engine, payment: LinkPayment): Promise<void> {
  const amount = payment.amount - (payment.counted ?? 0);
  const { paymentIntent } = payment;
  const before = await givenBackBefore(engine.stripe, {
    paymentIntent,
    counted: payment.counted ?? 0,
    amount,
  });
  if (before) return updateLinkPayment(engine.database, payment, { givenBack: before });
  try {
    const { id, failed } = await giveBack(engine.stripe, { paymentIntent, amount });
    await markDirty(engine.database, 'refund', { stripeId: id, side: 'stripe' });
    await updateLinkPayment(engine.database, payment, {
      givenBack: failed ? NOT_TAKEN : id,
    });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await updateLinkPayment(engine.database, payment, { givenBack: error.message });
  }
}

async function now(engine: Engine, invoice: StripeInvoice): Promise<StripeInvoice> {
  return (await readStripeInvoice(engine.stripe, invoice.id)) ?? invoice;
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateStripeError(error, 'read-stripe');
  }
}

const isRefusal = (error: unknown): error is PermanentFailure =>
  isSyncFailure(error) && error instanceof PermanentFailure && isFinalAnswer(error);

const notCounted = (
  { id, number }: StripeInvoice,
  { payment, error }: { payment: LinkPayment; error: PermanentFailure },
) =>
  new PermanentFailure({
    code: error.code,
    stage: error.stage,
    message: `The payment ${payment.paymentIntent} through the payment link does not count for ${number ?? id} yet. ${error.message}`,
    cause: error.cause,
  });
