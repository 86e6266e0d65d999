import type Stripe from 'stripe';
import type { OrgRecord } from './orgUser.ts';
import { payOnLinkPage } from './payingPerson.ts';
import type { MoneySteps, Opened } from './moneySteps.ts';
import { eventually, type World } from './world.ts';

export interface Linked extends Opened {
  link: Stripe.PaymentLink;
}

/** What tests do with payment links. */
export interface LinkSteps {
  /** An open invoice with a payment link. */
  linked(): Promise<Linked>;
  /** All links of an invoice in Stripe, the newest first. */
  linksOf(invoice: string): Promise<Stripe.PaymentLink[]>;
  /** Opens the link as a customer; the address of the page to pay on. */
  openPage(url: string): Promise<string>;
  /** Pays on an opened page; the words that the customer reads. */
  pay(page: string, card?: string): Promise<string>;
  /** What the org says of the link, once it says this. */
  shows(crmId: string, fields: Record<string, unknown>): Promise<OrgRecord>;
  /** Payments through links of an invoice, with their charges. */
  chargesOf(invoice: string): Promise<Stripe.Charge[]>;
  refundsOf(charges: Stripe.Charge[]): Promise<Stripe.Refund[]>;
  /** The invoice was paid through its link, by one payment of Stripe, and nothing went back. */
  isPaidOnce(paid: Opened): Promise<void>;
  /** What nothing sees happens in between: both are stopped, then what was told meanwhile is told. */
  unseen(work: () => Promise<unknown>): Promise<void>;
  /** Paid at the moment in which it was voided; what shall go back, Stripe refuses to refund. */
  refundRefused(): Promise<Linked>;
}

const FIELDS =
  'Status__c, Payment_State__c, Amount_Paid__c, Amount_Remaining__c, Amount_Refunded__c, Payment_Link_Status__c, ' +
  'Payment_Link_Url__c, Payment_Link_Note__c, Sync_Status__c, Sync_Error__c';

export function linkSteps(world: World, money: MoneySteps): LinkSteps {
  const linksOf = async (invoice: string) =>
    (await world.stripe.paymentLinks.list({ limit: 100 })).data.filter(
      ({ metadata }) => metadata.stripe_invoice_id === invoice,
    );

  async function linked(): Promise<Linked> {
    const opened = await money.open();
    const { status, body } = await money.act('create-payment-link', opened.crmId);
    if (status !== 200) throw new Error(JSON.stringify(body));
    const [link] = await linksOf(opened.id);
    return { ...opened, link: link! };
  }

  const openPage = async (url: string) => (await fetch(url)).url;

  async function shows(crmId: string, fields: Record<string, unknown>): Promise<OrgRecord> {
    let last: OrgRecord | undefined;
    return eventually(
      async () => {
        [last] = await world.rep.query(`SELECT ${FIELDS} FROM Invoice__c WHERE Id = '${crmId}'`);
        return Object.entries(fields).every(([field, value]) => last![field] === value) ? last : undefined;
      },
      `${crmId} shows ${JSON.stringify(fields)}`,
      30_000,
    ).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}, but ${JSON.stringify(last)}`);
    });
  }

  async function chargesOf(invoice: string): Promise<Stripe.Charge[]> {
    const charges: Stripe.Charge[] = [];
    for (const { id } of await linksOf(invoice)) {
      const { data } = await world.stripe.checkout.sessions.list({
        payment_link: id,
        status: 'complete',
        expand: ['data.payment_intent.latest_charge'],
      });
      for (const { payment_intent: intent } of data)
        charges.push((intent as Stripe.PaymentIntent).latest_charge as Stripe.Charge);
    }
    return charges;
  }

  const refundsOf = async (charges: Stripe.Charge[]) =>
    (await Promise.all(charges.map(({ id }) => world.stripe.refunds.list({ charge: id })))).flatMap(
      ({ data }) => data,
    );

  async function isPaidOnce({ id, total }: Opened): Promise<void> {
    expect(await world.stripe.invoices.retrieve(id)).toMatchObject({
      status: 'paid',
      amount_paid: Math.round(total * 100),
      amount_overpaid: 0,
    });
    const payments = await money.paymentsOf(id);
    expect(payments.map(({ payment }) => payment.type)).toEqual(['payment_intent']);
    expect(await chargesOf(id)).toMatchObject([{ amount: Math.round(total * 100), amount_refunded: 0 }]);
  }

  async function unseen(work: () => Promise<unknown>): Promise<void> {
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'hold' });
    await work();
    await world.control('stripe', 'POST', '/deliveries/mode', { mode: 'normal' });
    await world.control('stripe', 'POST', '/deliveries/release', {});
  }

  async function refundRefused(): Promise<Linked> {
    const paid = await linked();
    const page = await openPage(paid.link.url);
    await world.control('stripe', 'POST', '/faults', {
      match: { method: 'POST', path: '/v1/refunds$' },
      kind: 'status',
      status: 400,
      times: 1,
      body: {
        error: { type: 'invalid_request_error', message: 'Insufficient funds in your Stripe balance.' },
      },
    });
    await unseen(async () => {
      await world.stripe.invoices.voidInvoice(paid.id);
      await payOnLinkPage(page);
    });
    return paid;
  }

  return {
    linked,
    linksOf,
    openPage,
    pay: payOnLinkPage,
    shows,
    chargesOf,
    refundsOf,
    isPaidOnce,
    unseen,
    refundRefused,
  };
}
