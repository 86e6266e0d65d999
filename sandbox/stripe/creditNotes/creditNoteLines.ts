import { changedMetadata } from '../api/commonRules.ts';
import { invalidParameter, missingReference, notExactlyOne, parameterMissing } from '../api/errors.ts';
import type { Values } from '../api/parameters.ts';
import { newId } from '../ids.ts';
import { lineAmount, wholeOrNull } from '../money.ts';
import type { Sandbox } from '../sandbox.ts';
import type { CreditNoteLine, StoredInvoice } from '../wire.ts';
import type { creditNoteRules } from './creditNoteRules.ts';

type CreditNoteValues = Values<typeof creditNoteRules>;
type LineValues = NonNullable<CreditNoteValues['lines']>[number];

/** A bare amount is one line of its own; Stripe does not document what it shows for it. */
export function creditNoteLines(
  sandbox: Sandbox,
  invoice: StoredInvoice,
  { amount, lines }: CreditNoteValues,
): CreditNoteLine[] {
  if ((amount === undefined) === (lines === undefined)) throw notExactlyOne(['amount', 'lines'], 'amount');
  if (amount !== undefined)
    return [custom({ description: 'Credit', quantity: 1, unit: String(amount), metadata: {} })];
  return lines!.map((line, index) => {
    const within = `lines[${index}]`;
    return line.type === 'invoice_line_item'
      ? ofInvoiceLine(sandbox, invoice, { line, within })
      : ofItsOwn(line, within);
  });
}

function ofItsOwn(line: LineValues, within: string): CreditNoteLine {
  const { unit_amount: whole, unit_amount_decimal: exact, quantity, description, amount } = line;
  if (line.invoice_line_item !== undefined || amount !== undefined)
    throw invalidParameter(
      "You may only specify 'invoice_line_item' and 'amount' for lines of the type 'invoice_line_item'.",
      `${within}[${amount === undefined ? 'invoice_line_item' : 'amount'}]`,
    );
  if (description === undefined) throw parameterMissing(`${within}[description]`);
  if ((whole === undefined) === (exact === undefined))
    throw notExactlyOne(['unit_amount', 'unit_amount_decimal'], `${within}[unit_amount]`);
  return custom({
    description,
    quantity: quantity ?? 1,
    unit: exact ?? String(whole),
    metadata: changedMetadata({}, line.metadata),
  });
}

/** Part of a line of the invoice: so many of it, or an amount. */
function ofInvoiceLine(
  sandbox: Sandbox,
  invoice: StoredInvoice,
  { line, within }: { line: LineValues; within: string },
): CreditNoteLine {
  const id = line.invoice_line_item;
  if (id === undefined) throw parameterMissing(`${within}[invoice_line_item]`);
  const credited = sandbox.lines.get(id);
  if (credited?.invoice !== invoice.id)
    throw missingReference('invoice line item', id, `${within}[invoice_line_item]`);
  if (line.amount !== undefined && line.quantity !== undefined)
    throw notExactlyOne(['amount', 'quantity'], `${within}[amount]`);
  const whole = line.amount === undefined && line.quantity === undefined;
  const unit = credited.pricing.unit_amount_decimal ?? '0';
  return {
    ...blank(),
    amount: whole ? credited.amount : (line.amount ?? lineAmount(String(line.quantity), unit)),
    description: line.description ?? credited.description,
    invoice_line_item: id,
    metadata: changedMetadata({}, line.metadata),
    quantity: whole ? credited.quantity : (line.quantity ?? null),
    type: 'invoice_line_item',
  };
}

function custom(fields: {
  description: string;
  quantity: number;
  unit: string;
  metadata: Record<string, string>;
}): CreditNoteLine {
  const { description, quantity, unit, metadata } = fields;
  return {
    ...blank(),
    amount: lineAmount(String(quantity), unit),
    description,
    metadata,
    quantity,
    unit_amount: wholeOrNull(unit),
    unit_amount_decimal: unit,
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
