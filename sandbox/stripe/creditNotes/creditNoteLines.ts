import { changedMetadata } from '../api/commonRules.ts';
import {
  exclusiveParameters,
  invalidParameter,
  missingReference,
  notExactlyOne,
  parameterMissing,
  refused,
} from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { newId } from '../ids.ts';
import { pretaxCredits } from '../invoices/draftFigures.ts';
import { lineAmount, sum, wholeOrNull } from '../money.ts';
import { formatMoney } from '../pages/money.ts';
import type { Sandbox } from '../sandbox.ts';
import { namedTaxRates } from '../taxes/taxRates.ts';
import type { CreditNoteLine, StoredInvoice, StoredLine } from '../wire.ts';
import type { creditNoteRules } from './creditNoteRules.ts';
import { customFigures, lineShare, statedTaxes } from './lineShare.ts';
import type { CreditedFigures } from './lineShare.ts';

type CreditNoteValues = Values<typeof creditNoteRules>;
type LineValues = NonNullable<CreditNoteValues['lines']>[number];

/** A line of a credit note, and what it counts for in the totals. */
export interface Credited {
  line: CreditNoteLine;
  figures: CreditedFigures;
}

/** A bare amount is one line of its own; Stripe does not document what it shows for it. */
export function creditNoteLines(
  sandbox: Sandbox,
  invoice: StoredInvoice,
  { amount, lines }: CreditNoteValues,
): Credited[] {
  if ((amount === undefined) === (lines === undefined)) throw notExactlyOne(['amount', 'lines'], 'amount');
  if (amount !== undefined)
    return [custom({ description: 'Credit', quantity: 1, unit: String(amount), metadata: {} })];
  const credited: Credited[] = [];
  lines!.forEach((line, index) => {
    const within = `lines[${index}]`;
    if (line.tax_amounts && line.tax_rates)
      throw exclusiveParameters(['tax_amounts', 'tax_rates'], `${within}[tax_amounts]`);
    const made =
      line.type === 'invoice_line_item'
        ? ofInvoiceLine(sandbox, invoice, { line, within, before: credited })
        : ofItsOwn(sandbox, line, within);
    credited.push(withStatedTaxes(sandbox, made, { line, within }));
  });
  return credited;
}

function ofItsOwn(sandbox: Sandbox, line: LineValues, within: string): Credited {
  const { unit_amount: whole, unit_amount_decimal: exact, quantity, description, amount } = line;
  if (line.invoice_line_item !== undefined || amount !== undefined)
    throw invalidParameter(
      "You may only specify 'invoice_line_item' and 'amount' for lines of the type 'invoice_line_item'.",
      `${within}[${amount === undefined ? 'invoice_line_item' : 'amount'}]`,
    );
  if (description === undefined) throw parameterMissing(`${within}[description]`);
  if ((whole === undefined) === (exact === undefined))
    throw notExactlyOne(['unit_amount', 'unit_amount_decimal'], `${within}[unit_amount]`);
  const param = `${within}[tax_rates]`;
  return custom({
    description,
    quantity: quantity ?? 1,
    unit: exact ?? String(whole),
    metadata: changedMetadata({}, line.metadata),
    tax_rates: namedTaxRates(sandbox, line.tax_rates, { current: [], param }),
  });
}

/** Part of a line of the invoice: so many of it, or an amount; its discounts and taxes are credited with it. */
function ofInvoiceLine(
  sandbox: Sandbox,
  invoice: StoredInvoice,
  { line, within, before }: { line: LineValues; within: string; before: Credited[] },
): Credited {
  const id = line.invoice_line_item;
  if (id === undefined) throw parameterMissing(`${within}[invoice_line_item]`);
  const credited = sandbox.lines.get(id);
  if (credited?.invoice !== invoice.id)
    throw missingReference('invoice line item', id, `${within}[invoice_line_item]`);
  if (line.amount !== undefined && line.quantity !== undefined)
    throw notExactlyOne(['amount', 'quantity'], `${within}[amount]`);
  if (line.tax_rates)
    throw invalidParameter(
      "You may only specify 'tax_rates' for lines of the type 'custom_line_item'.",
      `${within}[tax_rates]`,
    );
  const whole = line.amount === undefined && line.quantity === undefined;
  const unit = credited.pricing.unit_amount_decimal ?? '0';
  const amount = whole ? credited.amount : (line.amount ?? lineAmount(String(line.quantity), unit));
  const earlier = creditedBefore(sandbox, credited, before);
  refuseMoreThanLine(credited, { amount, earlier, within });
  const figures = lineShare(sandbox, credited, { amount, earlier });
  return {
    line: {
      ...blank(),
      ...shownOf(figures),
      amount,
      description: line.description ?? credited.description,
      invoice_line_item: id,
      metadata: changedMetadata({}, line.metadata),
      quantity: whole ? credited.quantity : (line.quantity ?? null),
      tax_rates: figures.tax_rates,
      type: 'invoice_line_item',
    },
    figures,
  };
}

/** What other credit notes, and earlier lines of this one, took off the line already. */
function creditedBefore(sandbox: Sandbox, line: StoredLine, before: Credited[]): number {
  const notes = sandbox.by.creditNoteOfInvoice.all(line.invoice).filter((note) => note.status === 'issued');
  const lines = [...notes.flatMap((note) => note.lines), ...before.map((one) => one.line)];
  return sum(lines.filter((one) => one.invoice_line_item === line.id).map((one) => one.amount));
}

function refuseMoreThanLine(
  line: StoredLine,
  { amount, earlier, within }: { amount: number; earlier: number; within: string },
): void {
  if (Math.abs(earlier + amount) <= Math.abs(line.amount)) return;
  const [is, may] = [amount, line.amount - earlier].map((money) => formatMoney(money, line.currency));
  throw refused(
    `The amount to credit (${is}) is greater than what can still be credited of this invoice line item (${may}).`,
    { param: `${within}[invoice_line_item]` },
  );
}

function custom(fields: {
  description: string;
  quantity: number;
  unit: string;
  metadata: Record<string, string>;
  tax_rates?: CreditNoteLine['tax_rates'];
}): Credited {
  const { description, quantity, unit, metadata, tax_rates = [] } = fields;
  const amount = lineAmount(String(quantity), unit);
  const figures = customFigures(amount, tax_rates);
  return {
    line: {
      ...blank(),
      ...shownOf(figures),
      amount,
      description,
      metadata,
      quantity,
      tax_rates,
      unit_amount: wholeOrNull(unit),
      unit_amount_decimal: unit,
    },
    figures,
  };
}

/** Taxes that the request states itself take the place of those that were worked out. */
function withStatedTaxes(
  sandbox: Sandbox,
  credited: Credited,
  { line, within }: { line: LineValues; within: string },
): Credited {
  if (!line.tax_amounts) return credited;
  const figures = statedTaxes(sandbox, credited.figures, {
    stated: line.tax_amounts,
    param: `${within}[tax_amounts]`,
  });
  return { line: { ...credited.line, ...shownOf(figures) }, figures };
}

function shownOf(figures: CreditedFigures) {
  const { discount_amounts, taxes } = figures;
  return {
    discount_amount: sum(discount_amounts.map(({ amount }) => amount)),
    discount_amounts,
    pretax_credit_amounts: pretaxCredits(discount_amounts),
    taxes,
  };
}

function blank(): CreditNoteLine {
  return {
    id: newId('cnli'),
    object: 'credit_note_line_item',
    amount: 0,
    description: null,
    discount_amount: 0,
    discount_amounts: [],
    livemode: false,
    metadata: {},
    pretax_credit_amounts: [],
    quantity: null,
    tax_rates: [],
    taxes: [],
    type: 'custom_line_item',
    unit_amount: null,
    unit_amount_decimal: null,
  };
}
