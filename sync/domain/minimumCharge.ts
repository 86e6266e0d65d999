/**
 * The least that a card can be charged, in minor units; 0 where Stripe names none. In currencies that are converted for the
 * payout Stripe applies that currency's minimum, and says so itself. Source: https://docs.stripe.com/currencies
 */
export const minimumCharge = (currency: string): number => MINIMUM[currency.toLowerCase()] ?? 0;

const MINIMUM: Record<string, number> = Object.fromEntries(
  (
    'aed 200, aud 50, bgn 100, brl 50, cad 50, chf 50, czk 1500, dkk 250, eur 50, gbp 30, hkd 400, huf 17500, inr 50, ' +
    'jpy 50, mxn 1000, myr 200, nok 300, nzd 50, pln 200, ron 200, sek 300, sgd 50, thb 1000, usd 50'
  )
    .split(', ')
    .map((each) => {
      const [currency, least] = each.split(' ') as [string, string];
      return [currency, Number(least)];
    }),
);
