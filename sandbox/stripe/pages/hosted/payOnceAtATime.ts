import type { Card, PaymentOutcome, StripePagesPort } from '../port.ts';

/**
 * Two clicks on Pay are two requests. The second waits for the first, and charges nothing if that one paid; if it was
 * declined, the second is a try of its own.
 */
export function payOnceAtATime(
  port: StripePagesPort,
): (invoiceId: string, card: Card) => Promise<PaymentOutcome> {
  const running = new Map<string, Promise<PaymentOutcome>>();

  return async function pay(invoiceId, card) {
    for (let before = running.get(invoiceId); before; before = running.get(invoiceId)) {
      const outcome = await before.catch(() => undefined);
      if (outcome?.kind === 'paid') return outcome;
    }
    const payment = port.payInvoice(invoiceId, card);
    running.set(invoiceId, payment);
    try {
      return await payment;
    } finally {
      running.delete(invoiceId);
    }
  };
}
