import { chooseRefund, type ChosenRefund } from '../domain/chooseRefund.ts';
import type { StripeInvoice } from '../domain/invoice.ts';
import { formatMoney } from '../domain/money.ts';
import { toLongId } from '../domain/salesforceId.ts';
import type { Engine } from '../engine.ts';
import { PermanentFailure } from '../failure.ts';
import { advanceCommand } from '../store/commands.ts';
import { stripeIdOf } from '../store/knownRecords.ts';
import { linkPaymentsOf, noteGivenBack } from '../store/paymentLinks.ts';
import { markDirty } from '../store/syncRecords.ts';
import { readStripeInvoice } from '../stripe/readInvoice.ts';
import { chargedPayments, refundPayment, type AskedRefund } from '../stripe/refunds.ts';
import type { ActionParams } from './actionParams.ts';
import { askedAmount } from './askedAmount.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/** Gives money back that was paid through Stripe. The invoice stays as it is: a credit note says what is not owed. */
export async function refundInvoice(
  engine: Engine,
  context: StepContext,
  key: string,
): Promise<StripeInvoice> {
  const { command, stripe } = context;
  const { refunding, left } = command.state.refunding
    ? (command.state as unknown as { refunding: AskedRefund; left: number })
    : await decided(engine, context);
  // A second try refunds the same payment, whatever has been paid since.
  await advanceCommand(engine.database, command, { state: { refunding, left } });
  const { id, status } = await refundPayment(engine.stripe, refunding, key);
  await markDirty(engine.database, 'refund', { stripeId: id, side: 'stripe' });
  await markDirty(engine.database, 'payment', { stripeId: refunding.payment, side: 'stripe' });
  if (status === 'failed' || status === 'canceled') {
    throw new PermanentFailure({
      code: 'refund_failed',
      stage: 'write-stripe',
      message: `The refund of ${nameOf(context)} has failed: the customer's bank did not take it. Pay it back another way, and issue a credit note that says so.`,
    });
  }
  if (refunding.notCounted && left === 0)
    await noteGivenBack(engine.database, { paymentIntent: refunding.payment, refund: id });
  await advanceCommand(engine.database, command, { state: { moved: { amount: refunding.amount, left } } });
  return (await readStripeInvoice(engine.stripe, stripe.id)) ?? stripe;
}

async function decided(
  engine: Engine,
  context: StepContext,
): Promise<{ refunding: AskedRefund; left: number }> {
  const { stripe, command } = context;
  const { payment, amount, reason } = command.params as ActionParams<'refund'>;
  const paymentId = payment && (await paymentIntent(engine, payment));
  const throughLinks = await linkPaymentsOf(engine.database, [stripe.id]);
  const beside = throughLinks.map(({ paymentIntent: id }) => id);
  const chosen = chooseRefund(await chargedPayments(engine.stripe, stripe.id, beside), {
    payment: paymentId,
    amount: amount === undefined ? undefined : askedAmount(amount, stripe.currency),
  });
  if ('refused' in chosen) throw refusal(chosen, context);
  const notCounted = throughLinks.some((one) => one.paymentIntent === chosen.payment && one.counted === 0);
  return {
    refunding: { payment: chosen.payment, amount: chosen.amount, reason, notCounted },
    left: chosen.left,
  };
}

/** By the id in Stripe, or that of the org's Payment Confirmation. */
async function paymentIntent(engine: Engine, id: string): Promise<string> {
  const crmId = toLongId(id);
  return (crmId && (await stripeIdOf(engine.database, 'payment', crmId))) || id;
}

function refusal(chosen: Extract<ChosenRefund, { refused: string }>, context: StepContext): PermanentFailure {
  const name = nameOf(context);
  const words = () => {
    switch (chosen.refused) {
      case 'nothing_to_refund':
        return `${name} has no payment through Stripe of which something is left to refund. What came in another way is paid back the same way: issue a credit note that says so.`;
      case 'unknown_payment':
        return `${String(context.command.params.payment)} is no payment of ${name} through Stripe. Leave it out to refund the newest one.`;
      case 'refund_too_large':
        return `${name} has no payment with so much left: at most ${formatMoney(chosen.most, context.stripe.currency)} can be refunded at once. Nothing was refunded.`;
    }
  };
  return refused(chosen.refused, words());
}
