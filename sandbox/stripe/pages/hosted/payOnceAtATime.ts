import type { PaymentOutcome } from '../port.ts';

/**
 * Two clicks on Pay are two requests. The second waits for the first, and charges nothing if that one paid; if it was
 * declined, the second is a try of its own.
 */
export function payOnceAtATime<T>(
  charge: (id: string, typed: T) => Promise<PaymentOutcome>,
): (id: string, typed: T) => Promise<PaymentOutcome> {
  const running = new Map<string, Promise<PaymentOutcome>>();

  return async function pay(id, typed) {
    for (let before = running.get(id); before; before = running.get(id)) {
      const outcome = await before.catch(() => undefined);
      if (outcome?.kind === 'paid') return outcome;
    }
    const payment = charge(id, typed);
    running.set(id, payment);
    try {
      return await payment;
    } finally {
      running.delete(id);
    }
  };
}
