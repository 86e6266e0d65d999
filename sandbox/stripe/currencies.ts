/**
 * The currencies that cards can be charged in: docs.stripe.com/currencies. Nothing here was checked against the real
 * service.
 */
const SUPPORTED = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp ' +
    'cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr ' +
    'isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr ' +
    'mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd ' +
    'std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'
  ).split(' '),
);

/** ISK and UGX are not here: they have no minor unit, yet the API takes them with two decimals that are always 00. */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
const WITHOUT_FRACTIONS = new Set(['isk', 'ugx']);

export function isSupported(currency: string): boolean {
  return SUPPORTED.has(currency);
}

export function supportedCurrencies(): string[] {
  return [...SUPPORTED];
}

/** How many decimals the minor unit stands for. */
export function exponentOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/**
 * What is due on an invoice in these currencies is rounded to whole ones, and the difference goes to the customer's
 * balance; 1 where nothing is rounded.
 */
export function dueStep(currency: string): number {
  return WITHOUT_FRACTIONS.has(currency) ? 100 : 1;
}

/** A charge has to be divisible by it: the last digit of three decimals must be 0. */
export function chargeStep(currency: string): number {
  return THREE_DECIMAL.has(currency) ? 10 : dueStep(currency);
}

/**
 * The least amount a card can be charged, in minor units. Stripe has the minimum of the currency it pays out in; what is
 * not listed would be converted, and has none here.
 */
const MINIMUM_CHARGE: Record<string, number> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
  usd: 50,
};

export function minimumCharge(currency: string): number {
  return MINIMUM_CHARGE[currency] ?? 0;
}

/** Eight digits of minor units, but for these. */
const MAXIMUM_CHARGE: Record<string, number> = {
  cop: 999_999_999_999,
  huf: 999_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
  jpy: 9_999_999_999,
  lbp: 99_999_999_999_999,
};

export function maximumCharge(currency: string): number {
  return MAXIMUM_CHARGE[currency] ?? 99_999_999;
}
