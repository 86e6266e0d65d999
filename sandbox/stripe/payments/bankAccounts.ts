import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { newId } from '../ids.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Charge, StoredPaymentMethod } from '../wire.ts';
import type { Decline } from './testCards.ts';

export interface BankAccount {
  number: string;
  routing: string;
  holder: 'company' | 'individual';
  kind: 'checking' | 'savings';
}

/** docs.stripe.com/testing#ach-direct-debit: how a debit of each test account ends. */
const OUTCOMES: Record<string, Decline | 'succeeds' | 'stays'> = {
  '000123456789': 'succeeds',
  '000000000009': 'stays',
  '000111111113': failure('account_closed', "The customer's bank account has been closed."),
  '000111111116': failure('no_account', 'The bank account could not be located.'),
  '000222222227': failure('insufficient_funds', "The customer's account has insufficient funds."),
  '000333333335': failure('debit_not_authorized', 'The customer has said that the debit was not authorized.'),
};

const TEST_METHODS: Record<string, string> = {
  pm_usBankAccount: '000123456789',
  pm_usBankAccount_success: '000123456789',
  pm_usBankAccount_processing: '000000000009',
  pm_usBankAccount_accountClosed: '000111111113',
  pm_usBankAccount_noAccount: '000111111116',
  pm_usBankAccount_insufficientFunds: '000222222227',
  pm_usBankAccount_debitNotAuthorized: '000333333335',
};

/** How the debit of this account ends. Accounts that are not of Stripe's list are debited. */
export function debitOutcome({ test_card: account }: StoredPaymentMethod): Decline | 'succeeds' | 'stays' {
  return OUTCOMES[account] ?? 'succeeds';
}

/** A fresh method for one of Stripe's own ids such as pm_usBankAccount_success. */
export function cloneTestBank(sandbox: Sandbox, id: string): StoredPaymentMethod | undefined {
  const number = Object.hasOwn(TEST_METHODS, id) ? TEST_METHODS[id] : undefined;
  if (number === undefined) return undefined;
  return makeBankMethod(sandbox, { number, routing: '110000000', holder: 'individual', kind: 'checking' });
}

/** Keeps the last four digits; the number is only held if it is one of Stripe's public test numbers. */
export function makeBankMethod(sandbox: Sandbox, account: BankAccount): StoredPaymentMethod {
  const { number, routing, holder, kind } = account;
  const method: StoredPaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: blankAddress, email: null, name: 'Jenny Rosen', phone: null, tax_id: null },
    created: sandbox.clock(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: holder,
      account_type: kind,
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: null,
      fingerprint: createHash('sha256').update(`${routing}${number}`).digest('base64url').slice(0, 16),
      last4: number.slice(-4),
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: routing,
      status_details: {},
    },
    test_card: number in OUTCOMES ? number : '',
  };
  sandbox.paymentMethods.put(method);
  return method;
}

export function bankDetails(bank: Stripe.PaymentMethod.UsBankAccount): Charge['payment_method_details'] {
  const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = bank;
  return {
    type: 'us_bank_account',
    us_bank_account: {
      ...{ account_holder_type, account_type, bank_name, fingerprint, last4, routing_number },
      payment_reference: null,
    },
  };
}

const blankAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };

function failure(code: string, message: string): Decline {
  return { code, decline_code: null, message };
}
