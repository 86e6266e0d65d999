import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { daysFromNow } from '../integration/orgUser.ts';
import { DECLINED_CARD, GOOD_CARD, payOnHostedPage } from '../integration/payingPerson.ts';
import { contest, overtake } from './contest.ts';
import {
  chooseLine,
  customerField,
  edit,
  lineField,
  noteSeen,
  pairedId,
  productField,
  stripeInvoice,
  termsField,
} from './edits.ts';
import type { CustomerField, LineField, ProductField, Step, StepOnInvoice, TermsField } from './history.ts';
import {
  newInvoiceJournal,
  newJournal,
  noteDeletion,
  type FieldValue,
  type InvoiceJournal,
  type Journal,
} from './journal.ts';
import { persistently } from './persistently.ts';
import type { Simulated } from './simulated.ts';

type Of<D extends Step['do']> = Extract<Step, { do: D }>;

/** Carries out what the people of one history do on either side, and notes what the systems took. */
export class People {
  readonly invoices: InvoiceJournal[] = [];
  readonly customer: Journal;
  readonly product: Journal;
  /** Buttons that were pressed without waiting for the answer. */
  readonly pressed: Promise<unknown>[] = [];
  private readonly simulated: Simulated;
  private readonly name: string;
  private counter = 0;

  constructor(simulated: Simulated, ids: { name: string; accountId: string; productId: string }) {
    this.simulated = simulated;
    this.name = ids.name;
    this.customer = newJournal('customer', ids.accountId);
    this.product = newJournal('product', ids.productId);
  }

  get crmIds(): string[] {
    return [this.customer, this.product, ...this.invoices].flatMap(({ crmId }) => crmId ?? []);
  }

  async act(step: Step): Promise<void> {
    switch (step.do) {
      case 'raise':
        return this.raise(step);
      case 'raiseInStripe':
        return this.raiseInStripe(step);
      case 'pause':
        return void (await new Promise((resolve) => setTimeout(resolve, step.ms)));
      case 'editCustomer': {
        const field = customerField(this.simulated, this.customer, step.field);
        return void (await edit(field, step.side, this.value(step.field, step.value)));
      }
      case 'editProduct': {
        const field = productField(this.simulated, this.product, step.field);
        return void (await edit(field, step.side, this.value(step.field, step.value)));
      }
      default: {
        const journal = this.invoices[step.invoice % Math.max(this.invoices.length, 1)];
        return journal && this.actOn(journal, step);
      }
    }
  }

  private async actOn(journal: InvoiceJournal, step: StepOnInvoice): Promise<void> {
    const { simulated } = this;
    switch (step.do) {
      case 'sync':
      case 'send':
        return this.press(step, journal);
      case 'pay': {
        const url = (await stripeInvoice(simulated, journal))?.hosted_invoice_url;
        if (url) await payOnHostedPage(url, step.good ? GOOD_CARD : DECLINED_CARD).catch(() => undefined);
        return;
      }
      case 'finalize':
      case 'void':
      case 'uncollectible':
        return this.end(step.do, journal);
      case 'refund':
      case 'credit':
        return this.giveBack(step, journal);
      case 'editTerms':
        return void (await edit(
          termsField(simulated, journal, step.field),
          step.side,
          this.value(step.field, step.value),
        ));
      case 'editLine': {
        const chosen = await chooseLine(simulated, journal, { side: step.side, index: step.line });
        if (!chosen) return;
        const field = lineField(simulated, journal, { chosen: { [step.side]: chosen }, field: step.field });
        return void (await edit(field, step.side, this.lineValue(step.field, step.value)));
      }
      case 'addLine':
        return this.addLine(step, journal);
      case 'deleteLine':
        return this.deleteLine(step, journal);
      case 'deleteDraft':
        return this.deleteDraft(step, journal);
      case 'contest': {
        const value = () =>
          step.field === 'quantity'
            ? this.lineValue('quantity', step.value)
            : this.value(
                step.field === 'customer' || step.field === 'product' ? 'name' : step.field,
                step.value,
              );
        const change = { people: this, journal, field: step.field, ours: value(), theirs: value() };
        // Of lines no event tells what was written over.
        return step.overtakes && step.field !== 'quantity'
          ? overtake(simulated, change)
          : contest(simulated, change);
      }
    }
  }

  private async raise({ lines }: Of<'raise'>): Promise<void> {
    const { rep } = this.simulated.world;
    const params = {
      accountId: this.customer.crmId,
      description: 'Work of the quarter',
      dueDate: daysFromNow(30),
      lines: lines.map(({ ownProduct, cents, quantity }) => ({
        productId: ownProduct ? this.product.crmId : this.simulated.sharedProduct,
        // A line without one has its product's name; it is known that it follows a new one only at its next sync.
        description: ownProduct ? 'Own work' : null,
        unitPrice: cents / 100,
        quantity,
      })),
      requestKey: randomUUID(),
    };
    const raised = await persistently(() =>
      rep.apex<{ invoiceId: string }>('RaiseInvoiceController', 'createInvoice', params),
    );
    if (!raised) throw new Error('The org refused to raise an invoice.');
    const made = await persistently(() => rep.lines(raised.invoiceId));
    const lineIds = made!.map(({ Id }) => Id);
    this.invoices.push(newInvoiceJournal({ crmId: raised.invoiceId }, lineIds));
  }

  /** Somebody bills the customer in Stripe's dashboard; the org learns of it. */
  private async raiseInStripe({ cents, quantity }: Of<'raiseInStripe'>): Promise<void> {
    const { stripe } = this.simulated.world;
    const customer = await pairedId(this.simulated, this.customer);
    if (!customer) return;
    const key = randomUUID();
    const invoice = await persistently(() =>
      stripe.invoices.create(
        { customer, collection_method: 'send_invoice', days_until_due: 30, currency: 'usd' },
        { idempotencyKey: key },
      ),
    );
    if (!invoice) return;
    const journal = newInvoiceJournal({ stripeId: invoice.id }, []);
    this.invoices.push(journal);
    await this.addLineInStripe(journal, { cents, quantity });
  }

  private async press({ do: button, wait }: Of<'sync' | 'send'>, journal: InvoiceJournal): Promise<void> {
    await pairedId(this.simulated, journal);
    if (!journal.crmId) return;
    if (button === 'send') journal.pressed += 1;
    const pressing = this.simulated.world.rep[button](journal.crmId)
      .then(({ status }) => {
        if (button === 'send' && status === 'done') journal.sends += 1;
      })
      .catch(() => undefined); // A button that does not work now is pressed by nobody again; the engine goes on without it.
    this.pressed.push(pressing);
    if (wait) await pressing;
  }

  private async end(how: 'finalize' | 'void' | 'uncollectible', journal: InvoiceJournal): Promise<void> {
    const invoice = await stripeInvoice(this.simulated, journal);
    if (!invoice) return;
    const { invoices } = this.simulated.world.stripe;
    const once = { idempotencyKey: randomUUID() };
    const ways = {
      finalize: () => invoices.finalizeInvoice(invoice.id, {}, once),
      void: () => invoices.voidInvoice(invoice.id, {}, once),
      uncollectible: () => invoices.markUncollectible(invoice.id, {}, once),
    };
    await persistently(ways[how]);
  }

  private async giveBack(
    { do: how, cents }: Of<'refund' | 'credit'>,
    journal: InvoiceJournal,
  ): Promise<void> {
    const { stripe } = this.simulated.world;
    const invoice = await stripeInvoice(this.simulated, journal);
    if (!invoice) return;
    const once = { idempotencyKey: randomUUID() };
    if (how === 'credit') {
      const params = { invoice: invoice.id, amount: cents };
      if (invoice.status === 'open') await persistently(() => stripe.creditNotes.create(params, once));
      return;
    }
    const payments = await persistently(() =>
      stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid' }),
    );
    const payment = payments?.data[0]?.payment.payment_intent;
    if (typeof payment !== 'string') return;
    await persistently(() => stripe.refunds.create({ payment_intent: payment, amount: cents }, once));
  }

  private async addLine(step: Of<'addLine'>, journal: InvoiceJournal): Promise<void> {
    if (step.side === 'stripe') return this.addLineInStripe(journal, step);
    await pairedId(this.simulated, journal);
    if (!journal.crmId) return;
    const id = await persistently(() =>
      this.simulated.world.rep.create('Invoice_Line__c', {
        Invoice__c: journal.crmId,
        Product__c: this.simulated.sharedProduct,
        Description__c: `Added ${(this.counter += 1)}`,
        Unit_Price__c: step.cents / 100,
        Quantity__c: step.quantity,
      }),
    );
    if (id) journal.lines.set(id, { addedBy: 'salesforce', deletedBy: new Set() });
  }

  private async addLineInStripe(
    journal: InvoiceJournal,
    { cents, quantity }: { cents: number; quantity: number },
  ): Promise<void> {
    const invoice = await stripeInvoice(this.simulated, journal);
    if (!invoice) return;
    const description = `Added ${(this.counter += 1)}`;
    const before = new Set(invoice.lines.data.map(({ id }) => id));
    const once = { idempotencyKey: randomUUID() };
    // Stripe makes a product for it, which the org does not have.
    const price_data = { currency: 'usd', unit_amount: cents, product_data: { name: description } };
    const lines: Stripe.InvoiceAddLinesParams.Line[] = [{ description, quantity, price_data }];
    const after = await persistently(() =>
      this.simulated.world.stripe.invoices.addLines(invoice.id, { lines }, once),
    );
    const made = after?.lines.data.find((line) => !before.has(line.id) && line.description === description);
    if (made) journal.lines.set(made.id, { addedBy: 'stripe', deletedBy: new Set() });
  }

  private async deleteLine({ side, line: index }: Of<'deleteLine'>, journal: InvoiceJournal): Promise<void> {
    const chosen = await chooseLine(this.simulated, journal, { side, index });
    if (!chosen) return;
    const { rep, stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    const done = await persistently(async () => {
      if (side === 'salesforce') await rep.delete('Invoice_Line__c', chosen.id);
      else {
        const lines = [{ id: chosen.id, behavior: 'delete' as const }];
        await stripe.invoices.removeLines(chosen.invoice!.id, { lines }, once);
      }
      return true;
    });
    if (done) noteDeletion(journal, chosen.key, side);
    if (done) noteSeen(journal, chosen, side);
  }

  private async deleteDraft({ side }: Of<'deleteDraft'>, journal: InvoiceJournal): Promise<void> {
    const { admin, stripe } = this.simulated.world;
    const invoice = await stripeInvoice(this.simulated, journal);
    if (invoice?.status !== 'draft') return;
    const done = await persistently(async () => {
      if (side === 'stripe') await stripe.invoices.del(invoice.id);
      else if (journal.crmId) await admin.delete('Invoice__c', journal.crmId);
      else return false;
      return true;
    });
    // A deletion whose answer was lost is refused the second time, because there is nothing left to delete.
    journal.deleted ||= done ?? (await stripeInvoice(this.simulated, journal)) === undefined;
  }

  /** Every value is another one, so that a lost edit cannot look like one that was kept. */
  private value(field: TermsField | CustomerField | ProductField, value: number): string {
    this.counter += 1;
    const unique = `${value}.${this.counter}`;
    if (field === 'dueDate') return daysFromNow(40 + this.counter);
    if (field === 'email') return `${this.name.replaceAll(' ', '.')}.${unique}@example.com`.toLowerCase();
    return field === 'phone' ? `+1 555 ${unique}` : `${this.name} ${field} ${unique}`;
  }

  private lineValue(field: LineField, value: number): FieldValue {
    this.counter += 1;
    if (field === 'quantity') return 10 + this.counter;
    return field === 'description' ? `Line ${value}.${this.counter}` : 100_000 + this.counter;
  }
}
