import { randomUUID } from 'node:crypto';
import type Stripe from 'stripe';
import { daysFromNow } from '../integration/orgUser.ts';
import { DECLINED_CARD, GOOD_CARD, payOnHostedPage } from '../integration/payingPerson.ts';
import type { LineField, Side, Step } from './history.ts';
import { lineKey, newJournal, noteDeletion, noteEdit, type FieldValue, type Journal } from './journal.ts';
import { persistently, type Simulated } from './simulated.ts';

type Terms = 'description' | 'dueDate';

/** Carries out what people do on either side, and notes what the systems took. */
export class People {
  readonly journals: Journal[] = [];
  /** Buttons that were pressed without waiting for the answer. */
  readonly pressed: Promise<unknown>[] = [];
  private readonly simulated: Simulated;
  private counter = 0;

  constructor(simulated: Simulated) {
    this.simulated = simulated;
  }

  async raise({ lines }: Extract<Step, { do: 'raise' }>): Promise<void> {
    const { world, products, account } = this.simulated;
    const raised = {
      account,
      lines: lines.map(({ product, cents, quantity }) => ({
        product: products[product % products.length]!.name,
        unitPrice: cents / 100,
        quantity,
      })),
    };
    // Only the look-ups before the invoice is made can meet a fault, so trying again makes no second one.
    const crmId = (await persistently(() => world.rep.raiseInvoice(raised)))!;
    const made = await persistently(() => world.rep.lines(crmId));
    this.journals.push(
      newJournal(
        crmId,
        made!.map(({ Id }) => Id),
      ),
    );
  }

  async press(button: 'sync' | 'send', journal: Journal, wait: boolean): Promise<void> {
    const { rep } = this.simulated.world;
    const pressing = rep[button](journal.crmId)
      .then(({ status }) => {
        if (button === 'send' && status === 'done') journal.sends += 1;
      })
      .catch(() => undefined); // A button that does not work now is pressed by nobody again; the sweep goes on without it.
    this.pressed.push(pressing);
    if (wait) await pressing;
  }

  async pay(journal: Journal, good: boolean): Promise<void> {
    const url = (await this.stripeInvoice(journal))?.hosted_invoice_url;
    if (url) await payOnHostedPage(url, good ? GOOD_CARD : DECLINED_CARD).catch(() => undefined);
  }

  async end(how: 'void' | 'uncollectible', journal: Journal): Promise<void> {
    const invoice = await this.stripeInvoice(journal);
    if (!invoice) return;
    const { invoices } = this.simulated.world.stripe;
    const once = { idempotencyKey: randomUUID() };
    await persistently(() =>
      how === 'void'
        ? invoices.voidInvoice(invoice.id, {}, once)
        : invoices.markUncollectible(invoice.id, {}, once),
    );
  }

  async editTerms({ side, field, value }: Extract<Step, { do: 'editTerms' }>, journal: Journal) {
    const wanted = this.terms(field, value);
    if (await this.writeTerms(side, journal, { field, value: wanted }))
      noteEdit(journal, field, { side, value: wanted });
  }

  async editLine({ side, field, value, line }: Extract<Step, { do: 'editLine' }>, journal: Journal) {
    const chosen = await this.chooseLine(side, journal, line);
    if (!chosen) return;
    const wanted = this.lineValue(field, value);
    if (await this.writeLine(side, chosen, { field, value: wanted }))
      noteEdit(journal, lineKey(chosen.key, field), { side, value: wanted });
  }

  async addLine({ side, cents, quantity }: Extract<Step, { do: 'addLine' }>, journal: Journal) {
    const { world, products } = this.simulated;
    const description = `Added ${(this.counter += 1)}`;
    if (side === 'salesforce') {
      const id = await persistently(() =>
        world.rep.create('Invoice_Line__c', {
          Invoice__c: journal.crmId,
          Product__c: products[0]!.id,
          Description__c: description,
          Unit_Price__c: cents / 100,
          Quantity__c: quantity,
        }),
      );
      if (id) journal.lines.set(id, { addedBy: side, deletedBy: new Set() });
      return;
    }
    const invoice = await this.stripeInvoice(journal);
    if (!invoice) return;
    const before = new Set(invoice.lines.data.map(({ id }) => id));
    const once = { idempotencyKey: randomUUID() };
    // Stripe makes a product for it, which the org does not have.
    const price_data = {
      currency: invoice.currency,
      unit_amount: cents,
      product_data: { name: description },
    };
    const after = await persistently(() =>
      world.stripe.invoices.addLines(invoice.id, { lines: [{ description, quantity, price_data }] }, once),
    );
    const made = after?.lines.data.find((line) => !before.has(line.id) && line.description === description);
    if (made) journal.lines.set(made.id, { addedBy: side, deletedBy: new Set() });
  }

  async deleteLine({ side, line }: Extract<Step, { do: 'deleteLine' }>, journal: Journal) {
    const chosen = await this.chooseLine(side, journal, line);
    if (!chosen) return;
    const { rep, stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    const done = await persistently(async () => {
      if (side === 'salesforce') await rep.delete('Invoice_Line__c', chosen.id);
      else
        await stripe.invoices.removeLines(
          chosen.invoice!.id,
          { lines: [{ id: chosen.id, behavior: 'delete' }] },
          once,
        );
      return true;
    });
    if (done) noteDeletion(journal, chosen.key, side);
  }

  /** Both sides change the same field of a record that is in sync, while its row is held: nobody can look in between. */
  async contest({ field, value }: Extract<Step, { do: 'contest' }>, journal: Journal): Promise<void> {
    const { pool } = this.simulated.world.database;
    const held = await pool.query(
      `UPDATE sync_record SET lease_owner = 'people', lease_until = now() + interval '1 minute'
       WHERE crm_id = $1 AND state = 'clean' AND base IS NOT NULL AND (lease_until IS NULL OR lease_until < now())`,
      [journal.crmId],
    );
    if (held.rowCount !== 1) return;
    try {
      if ((await this.stripeInvoice(journal))?.status === 'draft')
        await this.contestHeld(field, value, journal);
    } finally {
      await pool.query(
        `UPDATE sync_record SET lease_owner = NULL, lease_until = NULL WHERE crm_id = $1 AND lease_owner = 'people'`,
        [journal.crmId],
      );
    }
  }

  private async contestHeld(field: Terms | 'quantity', value: number, journal: Journal): Promise<void> {
    const ours = field === 'quantity' ? this.lineValue(field, value) : this.terms(field, value);
    const theirs = field === 'quantity' ? this.lineValue(field, value) : this.terms(field, value);
    if (field !== 'quantity') {
      await this.writeTerms('salesforce', journal, { field, value: ours });
      await this.writeTerms('stripe', journal, { field, value: theirs });
      this.noteContest(journal, { key: field, crm: ours, stripe: theirs });
      return;
    }
    const crmLine = await this.chooseLine('salesforce', journal, 0);
    const stripeLine = (await this.stripeInvoice(journal))?.lines.data.find(
      ({ metadata }) => metadata.salesforce_id === crmLine?.id,
    );
    if (!crmLine || !stripeLine) return;
    const invoice = await this.stripeInvoice(journal);
    await this.writeLine('salesforce', crmLine, { field, value: ours });
    await this.writeLine('stripe', { ...crmLine, id: stripeLine.id, invoice }, { field, value: theirs });
    this.noteContest(journal, { key: lineKey(crmLine.id, field), crm: ours, stripe: theirs });
  }

  private noteContest(journal: Journal, contest: Journal['contests'][number]): void {
    journal.contests.push(contest);
    noteEdit(journal, contest.key, { side: 'stripe', value: contest.stripe });
    noteEdit(journal, contest.key, { side: 'salesforce', value: contest.crm });
  }

  private async writeTerms(side: Side, journal: Journal, edit: { field: Terms; value: FieldValue }) {
    const { rep, stripe } = this.simulated.world;
    const { field, value } = edit;
    const once = { idempotencyKey: randomUUID() };
    const invoice = side === 'stripe' ? await this.stripeInvoice(journal) : undefined;
    if (side === 'stripe' && !invoice) return false;
    return persistently(async () => {
      if (side === 'salesforce')
        await rep.update('Invoice__c', journal.crmId, {
          [field === 'description' ? 'Description__c' : 'Due_Date__c']: value,
        });
      else
        await stripe.invoices.update(
          invoice!.id,
          field === 'description'
            ? { description: String(value) }
            : { due_date: Date.parse(`${value}T12:00:00Z`) / 1000 },
          once,
        );
      return true;
    });
  }

  private writeLine(side: Side, line: ChosenLine, { field, value }: { field: LineField; value: FieldValue }) {
    const { rep, stripe } = this.simulated.world;
    const once = { idempotencyKey: randomUUID() };
    return persistently(async () => {
      if (side === 'salesforce') {
        const column = {
          quantity: 'Quantity__c',
          unitAmount: 'Unit_Price__c',
          description: 'Description__c',
        };
        const stored = field === 'unitAmount' ? Number(value) / 100 : value;
        await rep.update('Invoice_Line__c', line.id, { [column[field]]: stored });
        return true;
      }
      const change: Stripe.InvoiceUpdateLinesParams.Line = { id: line.id };
      if (field === 'quantity') change.quantity = Number(value);
      if (field === 'description') change.description = String(value);
      if (field === 'unitAmount')
        change.price_data = {
          currency: line.invoice!.currency,
          unit_amount: Number(value),
          product: line.product!,
        };
      await stripe.invoices.updateLines(line.invoice!.id, { lines: [change] }, once);
      return true;
    });
  }

  private async chooseLine(side: Side, journal: Journal, index: number): Promise<ChosenLine | undefined> {
    if (side === 'salesforce') {
      const lines = (await persistently(() => this.simulated.world.rep.lines(journal.crmId)))!;
      const line = lines[index % Math.max(lines.length, 1)];
      // A line that was made in Stripe keeps the name under which the journal knows it.
      const stripeId = String(line?.Stripe_Line_Id__c);
      return line && { id: line.Id, key: journal.lines.has(stripeId) ? stripeId : line.Id };
    }
    const invoice = await this.stripeInvoice(journal);
    const lines = invoice?.lines.data ?? [];
    const line = lines[index % Math.max(lines.length, 1)];
    if (!line || !invoice) return undefined;
    const key = journal.lines.has(line.id) ? line.id : (line.metadata.salesforce_id ?? line.id);
    return { id: line.id, key, invoice, product: line.pricing?.price_details?.product };
  }

  private async stripeInvoice({ crmId }: Journal): Promise<Stripe.Invoice | undefined> {
    const { rep, stripe } = this.simulated.world;
    const id = (await persistently(() => rep.invoice(crmId)))?.Stripe_Invoice_Id__c;
    return id ? persistently(() => stripe.invoices.retrieve(String(id))) : undefined;
  }

  /** Every value is another one, so that a lost edit cannot look like one that was kept. */
  private terms(field: Terms, value: number): string {
    this.counter += 1;
    return field === 'description' ? `Memo ${value}.${this.counter}` : daysFromNow(20 + this.counter);
  }

  private lineValue(field: LineField, value: number): FieldValue {
    this.counter += 1;
    if (field === 'quantity') return 10 + this.counter;
    return field === 'description' ? `Line ${value}.${this.counter}` : 100_000 + this.counter;
  }
}

interface ChosenLine {
  id: string;
  key: string;
  invoice?: Stripe.Invoice | undefined;
  product?: string | undefined;
}
