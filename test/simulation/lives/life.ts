import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import type { InvoiceAction } from '../../../sync/domain/invoiceActions.ts';
import { actOn } from '../../integration/actOn.ts';
import { OrgError, daysFromNow, type OrgRecord } from '../../integration/orgUser.ts';
import { eventually, type World } from '../../integration/world.ts';
import type { LifeCurrency, LivingCustomer } from './customers.ts';
import type { LifePlan, Move, NewLine } from './moves.ts';
import { paramsOf, stepped } from './params.ts';

export interface LifeWorld {
  world: World;
  customers: Record<LifeCurrency, LivingCustomer[]>;
  taxRates: { inclusive: string; exclusive: string };
  product: { crmId: string; stripeId: string };
}

type Outcome = 'done' | 'refused';

const REFUSED = Symbol('refused');
// Many lives go on at once, on a machine that may be busy with other things.
const WITHIN_MS = 120_000;

/** One invoice from its birth on; every move is allowed by the systems or refused in words, and anything else is a fault. */
export class Life {
  readonly told: string[] = [];
  private readonly systems: LifeWorld;
  private readonly plan: LifePlan;
  private crmId: string | undefined;
  private stripeId: string | undefined;
  private gone = false;

  constructor(systems: LifeWorld, plan: LifePlan) {
    this.systems = systems;
    this.plan = plan;
  }

  /** Calls `onMove` with what was tried and what came of it. */
  async live(onMove: (what: string, outcome: Outcome) => void): Promise<void> {
    await this.beBorn();
    for (const move of this.plan.moves) {
      const what = 'action' in move ? `${move.by} ${move.action}` : `${move.by} ${move.move}`;
      const outcome = await this.make(move);
      this.told.push(`${what}: ${outcome}`);
      onMove(what, outcome);
      if (this.gone) return;
    }
  }

  private async beBorn(): Promise<void> {
    const { birth } = this.plan;
    const { world, customers, taxRates, product } = this.systems;
    const ofCurrency = customers[birth.in === 'org' ? 'usd' : birth.currency];
    const customer = ofCurrency[Math.floor(birth.customer * ofCurrency.length)]!;
    if (birth.in === 'org') {
      const { invoiceId } = await world.rep.apex<{ invoiceId: string }>(
        'RaiseInvoiceController',
        'createInvoice',
        {
          accountId: customer.accountId,
          description: 'A life',
          dueDate: daysFromNow(30),
          lines: birth.lines.map(({ cents, quantity }) => ({
            productId: product.crmId,
            description: 'Raised',
            unitPrice: cents / 100,
            quantity,
          })),
          requestKey: randomUUID(),
        },
      );
      this.crmId = invoiceId;
      return;
    }
    const coupon = birth.percentOff === null ? null : await this.coupon(birth.percentOff);
    const { id } = await world.stripe.invoices.create({
      customer: customer.stripeId,
      currency: birth.currency,
      description: 'A life',
      ...(birth.automatic
        ? { collection_method: 'charge_automatically', auto_advance: false }
        : { collection_method: 'send_invoice', days_until_due: 30 }),
      ...(birth.tax !== 'none' && { default_tax_rates: [taxRates[birth.tax]] }),
      ...(coupon && { discounts: [{ coupon }] }),
    });
    this.stripeId = id;
    if (birth.lines.length > 0)
      await world.stripe.invoices.addLines(id, {
        lines: birth.lines.map((line) => this.lineInStripe(line, birth.currency)),
      });
  }

  /** One coupon for each percentage, whoever comes first makes it. */
  private async coupon(percent: number): Promise<string> {
    const id = `lives-${String(percent).replace('.', '-')}`;
    await this.systems.world.stripe.coupons
      .create({ id, percent_off: percent, duration: 'forever' })
      .catch((error: Stripe.errors.StripeError) => {
        if (error.code !== 'resource_already_exists') throw error;
      });
    return id;
  }

  private lineInStripe({ cents, quantity }: NewLine, currency: string) {
    const { stripeId: product } = this.systems.product;
    return {
      description: 'Made in Stripe',
      quantity,
      price_data: { currency, unit_amount: stepped(cents, currency), product },
    };
  }

  private async make(move: Move): Promise<Outcome> {
    try {
      if (move.by === 'stripe') await this.inStripe(move);
      else if (move.by === 'org') await this.inOrg(move);
      else await this.press(move);
      return 'done';
    } catch (error) {
      if (error === REFUSED || isRefusal(error)) return 'refused';
      throw error;
    }
  }

  /** The org's record; null where the invoice was deleted before it came there. */
  private async record(): Promise<string | null> {
    if (this.crmId) return this.crmId;
    const found = await eventually(
      async () => {
        const [record] = await this.systems.world.rep.query(
          `SELECT Id FROM Invoice__c WHERE Stripe_Invoice_Id__c = '${this.stripeId}'`,
        );
        return record ?? ((await this.invoice()) ? undefined : 'gone');
      },
      `${this.stripeId} is in the org`,
      WITHIN_MS,
    );
    if (found === 'gone') return null;
    return (this.crmId = found.Id);
  }

  /** Stripe's invoice; null where there is none yet, or none any more. */
  private async invoice(): Promise<Stripe.Invoice | null> {
    const { world } = this.systems;
    if (!this.stripeId) {
      const [record] = await world.rep.query(
        `SELECT Stripe_Invoice_Id__c FROM Invoice__c WHERE Id = '${this.crmId}'`,
      );
      this.stripeId = (record?.Stripe_Invoice_Id__c as string | undefined) ?? undefined;
      if (!this.stripeId) return null;
    }
    return world.stripe.invoices.retrieve(this.stripeId).catch((error: Stripe.errors.StripeError) => {
      if (error.code === 'resource_missing') return null;
      throw error;
    });
  }

  private async press({ by, action, share }: Extract<Move, { action: InvoiceAction }>): Promise<void> {
    const crmId = await this.record();
    if (!crmId) throw REFUSED;
    const params = paramsOf(action, { invoice: await this.invoice(), share });
    const { world } = this.systems;
    if (by === 'button') {
      const { status } = await world.rep.apex<{ status: string }>('InvoiceCommandController', 'runAction', {
        invoiceId: crmId,
        action,
        params: JSON.stringify(params),
        idempotencyKey: randomUUID(),
      });
      if (status === 'failed') throw REFUSED;
    } else {
      const { status, body } = await actOn(world, { action, crmId }, { body: params });
      if (status >= 500 || (status >= 400 && !body.detail))
        throw new Error(`${action} of ${crmId}: ${status} ${JSON.stringify(body)}`);
      if (status >= 400) throw REFUSED;
    }
    if (action === 'delete') this.gone = true;
  }

  private async inStripe({ move, share, cents }: Extract<Move, { by: 'stripe' }>): Promise<void> {
    const invoice = await this.invoice();
    if (!invoice) throw REFUSED;
    const { id, currency } = invoice;
    const { invoices, creditNotes, refunds, invoicePayments } = this.systems.world.stripe;
    const part = (whole: number) => stepped(Math.max(whole * share, 1), currency);
    switch (move) {
      case 'edit':
        return void (await invoices.update(id, { description: `In Stripe ${cents}` }));
      case 'addLine':
        return void (await invoices.addLines(id, {
          lines: [this.lineInStripe({ cents, quantity: 1 }, currency)],
        }));
      case 'deleteLine': {
        const line = invoice.lines.data[Math.floor(share * invoice.lines.data.length)];
        if (!line) throw REFUSED;
        return void (await invoices.removeLines(id, { lines: [{ id: line.id, behavior: 'delete' }] }));
      }
      case 'finalize':
        return void (await invoices.finalizeInvoice(id));
      case 'send':
        return void (await invoices.sendInvoice(id));
      case 'pay':
        return void (await invoices.pay(id, { payment_method: 'pm_card_visa' }));
      case 'payDeclined':
        return void (await invoices.pay(id, { payment_method: 'pm_card_chargeDeclined' }));
      case 'payOutside':
        return void (await invoices.pay(id, { paid_out_of_band: true }));
      case 'markUncollectible':
        return void (await invoices.markUncollectible(id));
      case 'void':
        return void (await invoices.voidInvoice(id));
      case 'credit': {
        const amount = part(invoice.total);
        const paid = Math.max(0, amount - invoice.amount_remaining);
        return void (await creditNotes.create({
          invoice: id,
          amount,
          ...(paid > 0 && { credit_amount: paid }),
        }));
      }
      case 'refund': {
        const { data } = await invoicePayments.list({ invoice: id, status: 'paid' });
        const intent = data.find(({ payment }) => payment.type === 'payment_intent')?.payment.payment_intent;
        if (!intent) throw REFUSED;
        return void (await refunds.create({
          payment_intent: String(intent),
          amount: part(invoice.amount_paid),
        }));
      }
      case 'revise':
        return void (await invoices.create({ from_invoice: { invoice: id, action: 'revision' } }));
      case 'delete':
        await invoices.del(id);
        this.gone = true;
    }
  }

  private async inOrg({ move, share, cents }: Extract<Move, { by: 'org' }>): Promise<void> {
    const crmId = await this.record();
    if (!crmId) throw REFUSED;
    const { rep } = this.systems.world;
    const chosen = async (): Promise<OrgRecord> => {
      const lines = await rep.lines(crmId);
      const line = lines[Math.floor(share * lines.length)];
      if (!line) throw REFUSED;
      return line;
    };
    switch (move) {
      case 'edit':
        return rep.update('Invoice__c', crmId, {
          Description__c: `In the org ${cents}`,
          Due_Date__c: daysFromNow(1 + (cents % 90)),
        });
      case 'editLine':
        return rep.update('Invoice_Line__c', (await chosen()).Id, { Quantity__c: 1 + (cents % 9) });
      case 'addLine':
        await rep.create('Invoice_Line__c', {
          Invoice__c: crmId,
          Description__c: 'Added',
          Unit_Price__c: Math.round(cents / 100),
          Quantity__c: 1,
        });
        return;
      case 'deleteLine':
        return rep.delete('Invoice_Line__c', (await chosen()).Id);
      case 'delete':
        await rep.delete('Invoice__c', crmId);
        this.gone = true;
    }
  }
}

/** A system's own no, in words. */
function isRefusal(error: unknown): boolean {
  if (error instanceof OrgError) return error.status < 500 && error.message.length > 0;
  const { type = '', statusCode = 0 } = error as { type?: string; statusCode?: number };
  return type.startsWith('Stripe') && statusCode >= 400 && statusCode < 500 && statusCode !== 429;
}
