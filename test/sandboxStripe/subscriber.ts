import type Stripe from 'stripe';
import { intervalsAfter } from '../../sandbox/stripe/subscriptions/cycle.ts';
import { startTestStripe, until, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

/** 2027-01-31T10:00:00Z: a day that February does not have. */
export const START = Date.UTC(2027, 0, 31, 10) / 1000;
export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** When the n-th period of a monthly subscription begins that was made at the start. */
export const periodsAfter = (times: number) =>
  intervalsAfter(START, { interval: 'month', interval_count: 1 }, times);

/** A sandbox with a monthly price of $19.99 and one test clock at a time. */
export class Subscriber {
  readonly test: TestStripe;
  readonly stripe: Stripe;
  clock = '';
  monthly = '';

  constructor(test: TestStripe) {
    this.test = test;
    this.stripe = test.stripe;
  }

  static async start(): Promise<Subscriber> {
    const subscriber = new Subscriber(await startTestStripe());
    const { stripe } = subscriber;
    const product = await stripe.products.create({ name: 'Hosting' });
    const recurring = { interval: 'month' } as const;
    const price = { product: product.id, currency: 'usd', unit_amount: 1999, recurring };
    subscriber.monthly = (await stripe.prices.create(price)).id;
    return subscriber;
  }

  async newClock(): Promise<void> {
    this.clock = (await this.stripe.testHelpers.testClocks.create({ frozen_time: START })).id;
  }

  /** A customer on the clock with a card. */
  async payer(number = '4242424242424242'): Promise<string> {
    const { id } = await this.stripe.customers.create({
      email: 'sub@scriber.example',
      test_clock: this.clock,
    });
    await this.useCard(id, number);
    return id;
  }

  async useCard(customer: string, number: string): Promise<void> {
    const card = { number, exp_month: 12, exp_year: 2070, cvc: '123' };
    const method = await this.stripe.paymentMethods.create({ type: 'card', card });
    await this.stripe.paymentMethods.attach(method.id, { customer });
    await this.stripe.customers.update(customer, {
      invoice_settings: { default_payment_method: method.id },
    });
  }

  async advance(to: number): Promise<void> {
    const { testClocks } = this.stripe.testHelpers;
    await testClocks.advance(this.clock, { frozen_time: to });
    await until(async () => (await testClocks.retrieve(this.clock)).status === 'ready');
  }

  /** Oldest first. */
  async invoicesOf(subscription: string): Promise<Stripe.Invoice[]> {
    return (await this.stripe.invoices.list({ subscription, limit: 100 })).data.reverse();
  }

  /** Stops it and tells what did not keep to the contract. */
  async stop(): Promise<string[]> {
    const found = await violations(this.test.exchanges);
    await this.test.stop();
    // The invoice of invoice.upcoming does not exist yet and has no id, which the declared type does not know.
    const known = /^event event invoice\.upcoming .*\/data\/object\/id is missing$/;
    return found.filter((one) => !known.test(one));
  }
}
