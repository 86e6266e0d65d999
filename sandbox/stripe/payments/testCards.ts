import type { Card } from '../pages/port.ts';

/** Why a card is not charged. `decline_code` is there when the bank said no, not when the card's data are wrong. */
export interface Decline {
  code: string;
  decline_code: string | null;
  message: string;
}

export interface CardKind {
  brand: 'visa' | 'mastercard' | 'amex' | 'discover';
  funding: 'credit' | 'debit';
  decline?: Decline;
  /** Can be put on file although it is not charged just so. */
  attachable?: boolean;
  /** What becomes later on of a refund to it, where its first answer is not the last. */
  refund?: 'waits' | 'fails';
}

const DECLINED = 'Your card was declined.';
const ASKS = 'authentication_required';
const AUTHENTICATE = 'Your card was declined. This transaction requires authentication.';

/** docs.stripe.com/testing: what each test number does. */
const CARDS: Record<string, CardKind> = {
  '4242424242424242': { brand: 'visa', funding: 'credit' },
  '4000056655665556': { brand: 'visa', funding: 'debit' },
  '5555555555554444': { brand: 'mastercard', funding: 'credit' },
  '378282246310005': { brand: 'amex', funding: 'credit' },
  '6011111111111117': { brand: 'discover', funding: 'credit' },
  '4000000000007726': { brand: 'visa', funding: 'credit', refund: 'waits' },
  '4000000000005126': { brand: 'visa', funding: 'credit', refund: 'fails' },
  '4000000000000002': visa('card_declined', 'generic_decline', DECLINED),
  '4000000000009995': visa('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
  '4000000000009987': visa('card_declined', 'lost_card', DECLINED),
  '4000000000009979': visa('card_declined', 'stolen_card', DECLINED),
  '4000000000000069': visa('expired_card', 'expired_card', 'Your card has expired.'),
  '4000000000000127': visa('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect."),
  '4000000000000119': visa(
    'processing_error',
    'processing_error',
    'An error occurred while processing your card. Try again in a little bit.',
  ),
  '4100000000000019': visa('card_declined', 'fraudulent', DECLINED),
  '4000000000000341': { ...visa('card_declined', 'generic_decline', DECLINED), attachable: true },
  '4000000000003220': { ...visa(ASKS, ASKS, AUTHENTICATE), attachable: true },
  '4000002760003184': visa(ASKS, ASKS, AUTHENTICATE),
};

/** The ids that stand for test cards in API calls, without a person typing a number. */
const TEST_METHODS: Record<string, string> = {
  pm_card_visa: '4242424242424242',
  pm_card_visa_debit: '4000056655665556',
  pm_card_mastercard: '5555555555554444',
  pm_card_amex: '378282246310005',
  pm_card_discover: '6011111111111117',
  pm_card_chargeDeclined: '4000000000000002',
  pm_card_visa_chargeDeclined: '4000000000000002',
  pm_card_chargeDeclinedInsufficientFunds: '4000000000009995',
  pm_card_chargeDeclinedExpiredCard: '4000000000000069',
  pm_card_chargeDeclinedIncorrectCvc: '4000000000000127',
  pm_card_chargeDeclinedProcessingError: '4000000000000119',
  pm_card_chargeCustomerFail: '4000000000000341',
  pm_card_authenticationRequired: '4000002760003184',
  pm_card_threeDSecure2Required: '4000000000003220',
  pm_card_pendingRefund: '4000000000007726',
  pm_card_refundFail: '4000000000005126',
};

export function testMethodNumber(id: string): string | undefined {
  return Object.hasOwn(TEST_METHODS, id) ? TEST_METHODS[id] : undefined;
}

/** The test tokens of docs.stripe.com/testing are called as the test methods are: tok_visa is the card of pm_card_visa. */
export function testTokenNumber(token: string): string | undefined {
  return token.startsWith('tok_') ? testMethodNumber(`pm_card_${token.slice(4)}`) : undefined;
}

export function cardKind(number: string): CardKind {
  return (
    CARDS[number] ??
    visa(
      'card_declined',
      'test_mode_live_card',
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
    )
  );
}

/** What is wrong with the card as typed, before any bank is asked; undefined when it can be tried. */
export function mistyped(card: Card, now: number): Decline | undefined {
  const number = digits(card.number);
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number))
    return wrong('incorrect_number', 'number is incorrect.');
  const { expMonth: month, expYear: year } = card;
  if (!Number.isInteger(month) || month < 1 || month > 12)
    return wrong('invalid_expiry_month', 'expiration month is invalid.');
  const today = new Date(now * 1000);
  const thisYear = today.getUTCFullYear();
  if (!Number.isInteger(year) || year < thisYear || year > thisYear + 50)
    return wrong('invalid_expiry_year', 'expiration year is invalid.');
  if (year === thisYear && month < today.getUTCMonth() + 1)
    return wrong('invalid_expiry_month', 'expiration month is invalid.');
  const length = cardKind(number).brand === 'amex' ? 4 : 3;
  if (!new RegExp(`^\\d{${length}}$`).test(card.cvc.trim()))
    return wrong('invalid_cvc', 'security code is invalid.');
  return undefined;
}

export function digits(number: string): string {
  return number.replace(/[\s-]/g, '');
}

function wrong(code: string, what: string): Decline {
  return { code, decline_code: null, message: `Your card's ${what}`.replace("card's number", 'card number') };
}

function visa(code: string, decline_code: string, message: string): CardKind {
  return { brand: 'visa', funding: 'credit', decline: { code, decline_code, message } };
}

function passesLuhn(number: string): boolean {
  let sum = 0;
  [...number].reverse().forEach((sign, index) => {
    const doubled = Number(sign) * (index % 2 === 1 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  });
  return sum % 10 === 0;
}
