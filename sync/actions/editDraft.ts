import { lineEdit, termsEdit, type DraftEdit } from '../domain/draftEdit.ts';
import type { InvoiceTerms, LineTerms, StripeInvoice } from '../domain/invoice.ts';
import { decimal, toMinorDecimal } from '../domain/money.ts';
import { toLongId } from '../domain/salesforceId.ts';
import type { Engine } from '../engine.ts';
import { ensureProducts } from '../flows/dependencies.ts';
import { refuseUnchargeable } from '../flows/writeInvoiceToStripe.ts';
import { writeOver } from '../flows/writeOnce.ts';
import { soqlString } from '../salesforce/connection.ts';
import { advanceCommand } from '../store/commands.ts';
import { stripeIdOf } from '../store/knownRecords.ts';
import { accountDay, finalizationOn } from '../stripe/accountZone.ts';
import { addLines, removeLines, updateInvoice, updateLines } from '../stripe/writeInvoice.ts';
import type { ActionParams } from './actionParams.ts';
import { asked, askedAmount } from './askedAmount.ts';
import { namedLine } from './namedLine.ts';
import { nameOf, refused, type StepContext } from './stepContext.ts';

/**
 * Changes what a draft says. It is written to Stripe, and the org follows as it does an edit there; whoever has just edited
 * the record was heard first. What is to be written is noted, so that an interrupted edit goes on with the same.
 */
export async function editDraft(engine: Engine, context: StepContext, key: string): Promise<StripeInvoice> {
  const { command, stripe } = context;
  const edit = (command.state.edit as DraftEdit | undefined) ?? (await planned(engine, context));
  await advanceCommand(engine.database, command, { state: { edit } });
  const { id, currency } = edit.draft;
  let latest = stripe;
  if (edit.updateLines.length > 0)
    latest = await updateLines(engine.stripe, { id, currency, lines: edit.updateLines }, `${key}-lines`);
  if (edit.addLines.length > 0) {
    const lines = edit.addLines.map((terms) => ({ crmId: null, terms }));
    latest = await addLines(engine.stripe, { id, currency, lines }, `${key}-new-lines`);
  }
  if (edit.removeLines.length > 0)
    latest = await removeLines(engine.stripe, { id, lines: edit.removeLines }, `${key}-removed`);
  if (Object.keys(edit.update).length > 0) {
    const { draft, read, update: change } = edit;
    const send = (termsKey: string) => updateInvoice(engine.stripe, { draft, change }, termsKey);
    const over = read && { read, written: change };
    latest = await (over
      ? writeOver(engine, context.record, { key: `${key}-terms`, over, send })
      : send(`${key}-terms`));
  }
  return latest;
}

async function planned(engine: Engine, context: StepContext): Promise<DraftEdit> {
  const { id, currency, otherDiscounts, terms } = context.stripe;
  const { lines = [], ...params } = context.command.params as ActionParams<'edit'>;
  const today = await accountDay(engine.stripe, engine.now());
  if (params.dueDate && params.dueDate < today)
    throw refused(
      'invalid_day',
      `${params.dueDate} is over. Give a day on which the invoice can still be paid.`,
    );
  if (params.finalizeOn) await finalizationOn(engine.stripe, params.finalizeOn);
  const update = termsEdit(terms, await termsSaid(engine, context, params), today);
  const edit: DraftEdit = {
    draft: { id, currency, otherDiscounts },
    read: terms,
    update,
    updateLines: [],
    addLines: [],
    removeLines: [],
  };
  const taxRate = update.taxRate === undefined ? terms.taxRate : update.taxRate;
  for (const line of lines) await planLine(engine, context, { line, edit, taxRate });
  const written = [
    ...edit.addLines,
    ...edit.updateLines.map(({ before, change }) => ({ ...before, ...change })),
  ];
  refuseUnchargeable({ name: nameOf(context), currency }, written);
  return edit;
}

type Said = Omit<ActionParams<'edit'>, 'lines'>;

async function termsSaid(
  engine: Engine,
  context: StepContext,
  { discount, taxRate, ...same }: Said,
): Promise<Partial<InvoiceTerms>> {
  const { currency } = context.stripe;
  return {
    ...(same as Partial<InvoiceTerms>),
    ...(discount !== undefined && {
      discount:
        discount &&
        ('percent' in discount
          ? { percent: decimal(discount.percent) }
          : { amount: askedAmount(discount.amount, currency) }),
    }),
    ...(taxRate !== undefined && { taxRate: taxRate && (await taxRateId(engine, taxRate)) }),
  };
}

async function planLine(
  engine: Engine,
  context: StepContext,
  {
    line: { line: id, remove, ...said },
    edit,
    taxRate,
  }: { line: NonNullable<ActionParams<'edit'>['lines']>[number]; edit: DraftEdit; taxRate: string | null },
): Promise<void> {
  const known = id === undefined ? undefined : namedLine(context, id);
  if (known && remove) {
    edit.removeLines.push(known.id);
    return;
  }
  const terms = await lineSaid(engine, context.stripe.currency, said);
  // To Stripe a line with the invoice's own rate is one without a rate of its own.
  if (terms.taxRate && terms.taxRate === taxRate) terms.taxRate = null;
  if (!known) {
    edit.addLines.push({ ...NEW_LINE, ...terms });
    return;
  }
  const change = lineEdit(known.terms, terms);
  if (Object.keys(change).length === 0) return;
  const inOrg = context.crm.lines.find(({ stripeId }) => stripeId === known.id);
  edit.updateLines.push({
    id: known.id,
    crmId: known.crmId ?? inOrg?.id ?? null,
    before: known.terms,
    change,
  });
}

const NEW_LINE: LineTerms = { description: '', product: null, unitAmount: '0', quantity: '1', taxRate: null };

type LineSaid = Omit<NonNullable<ActionParams<'edit'>['lines']>[number], 'line' | 'remove'>;

async function lineSaid(
  engine: Engine,
  currency: string,
  { product, taxRate, unitPrice, quantity, description }: LineSaid,
): Promise<Partial<LineTerms>> {
  return {
    ...(description !== undefined && { description }),
    ...(quantity !== undefined && { quantity: asked(() => decimal(quantity)) }),
    ...(unitPrice !== undefined && { unitAmount: asked(() => toMinorDecimal(unitPrice, currency)) }),
    ...(product !== undefined && { product: product && (await productId(engine, product)) }),
    ...(taxRate !== undefined && { taxRate: taxRate && (await taxRateId(engine, taxRate)) }),
  };
}

/** Of a product that is named by its id of the org or of Stripe; one that Stripe does not have yet is made there. */
async function productId(engine: Engine, id: string): Promise<string> {
  const crmId = toLongId(id);
  if (!crmId) return id;
  const read = () => stripeIdOf(engine.database, 'product', crmId);
  const before = await read();
  if (before || !(await isInOrg(engine, crmId))) return known(id, { what: 'product', stripeId: before });
  const failure = (await ensureProducts(engine, [crmId])).get(crmId);
  if (failure) throw failure;
  return known(id, { what: 'product', stripeId: await read() });
}

const isInOrg = async ({ org }: Engine, product: string): Promise<boolean> =>
  (await org.query(`SELECT Id FROM Product2 WHERE Id = ${soqlString(product)}`)).length > 0;

async function taxRateId(engine: Engine, id: string): Promise<string> {
  const crmId = toLongId(id);
  if (!crmId) return id;
  return known(id, { what: 'tax rate', stripeId: await stripeIdOf(engine.database, 'tax_rate', crmId) });
}

function known(id: string, { what, stripeId }: { what: string; stripeId: string | null }): string {
  if (stripeId) return stripeId;
  throw refused('unknown_part', `The ${what} ${id} is not in Stripe. Choose another one, and try again.`);
}
