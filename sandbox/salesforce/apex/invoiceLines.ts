import { AuraHandledException, type ApexContext, type ApexRecord } from './context.ts';
import { stamped } from './invoiceCurrency.ts';
import { toDecimal, today, toList, toOptionalId, toText } from './parameters.ts';

const MEMO_LENGTH = 1500;
const LINE_LENGTH = 255;
const QUANTITY_DECIMALS = 4;
const PRICE_DECIMALS = 6;
const THREE_DECIMAL = new Set('BHD JOD KWD OMR TND'.split(' '));
const ZERO_DECIMAL = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));

/** Twin of InvoiceLines.Input. */
export interface LineInput {
  lineId: string | null;
  productId: string | null;
  description: string | null;
  unitPrice: number | null;
  quantity: number | null;
}

export function toLineInputs(value: unknown): LineInput[] {
  return toList(value).map((item) => {
    const line = item as Record<string, unknown>;
    return {
      lineId: toOptionalId(line.lineId),
      productId: toOptionalId(line.productId),
      description: toText(line.description),
      unitPrice: toDecimal(line.unitPrice),
      quantity: toDecimal(line.quantity),
    };
  });
}

/** Twin of InvoiceLines.decimalsOf. */
export function decimalsOf(currencyCode: string): number {
  if (ZERO_DECIMAL.has(currencyCode)) return 0;
  return THREE_DECIMAL.has(currencyCode) ? 3 : 2;
}

/** Twin of InvoiceLines.checkTerms. */
export function checkTerms(
  description: string | null,
  dueDate: string | null,
  paymentTerms: string | null,
): void {
  if (!description?.trim()) {
    throw new AuraHandledException('Enter a description. The customer reads it on the invoice.');
  }
  if (description.length > MEMO_LENGTH) {
    throw new AuraHandledException('The description is too long. Use at most 1,500 characters.');
  }
  if (dueDate === null) throw new AuraHandledException('Enter a due date.');
  if (dueDate < today() && paymentTerms === null) {
    throw new AuraHandledException('The due date is in the past. Choose today or a later day.');
  }
}

/** Twin of InvoiceLines.checkLines. */
export function checkLines(lines: LineInput[], currencyCode: string): void {
  if (lines.length === 0) throw new AuraHandledException('Add at least one item to the invoice.');
  for (const [index, line] of lines.entries()) {
    const problem = problemOf(line, currencyCode);
    if (problem) throw new AuraHandledException(`Item ${index + 1}: ${problem}`);
  }
}

/** Twin of InvoiceLines.subtotalOf. */
export function subtotalOf(lines: LineInput[], currencyCode: string): number {
  const unit = 10 ** decimalsOf(currencyCode);
  return lines.reduce((sum, line) => sum + Math.round(amountOf(line, currencyCode) * unit), 0) / unit;
}

/** Twin of InvoiceLines.toRecords. */
export function toRecords(
  lines: LineInput[],
  { invoiceId, currencyCode }: { invoiceId: string; currencyCode: string },
  context: Pick<ApexContext, 'isMultiCurrency'>,
): ApexRecord[] {
  const records = lines.map((line, index) => ({
    Product__c: line.productId,
    Description__c: line.description,
    Unit_Price__c: line.unitPrice,
    Quantity__c: line.quantity,
    Amount__c: amountOf(line, currencyCode),
    Sort_Order__c: index + 1,
    ...(line.lineId === null ? { Invoice__c: invoiceId } : { Id: line.lineId }),
  }));
  return stamped(records, currencyCode, context);
}

function problemOf(line: LineInput, currencyCode: string): string | null {
  if (line.productId === null && !line.description?.trim()) return 'Choose a product or enter a description.';
  if (line.description !== null && line.description.length > LINE_LENGTH) {
    return 'The description is too long. Use at most 255 characters.';
  }
  if (line.unitPrice === null || line.unitPrice < 0) return 'Enter a price of zero or more.';
  if (decimalPlaces(line.unitPrice) > PRICE_DECIMALS) {
    return `The price has too many decimals. Use at most ${PRICE_DECIMALS}.`;
  }
  if (line.quantity === null || line.quantity <= 0) return 'Enter a quantity greater than zero.';
  if (decimalPlaces(line.quantity) > QUANTITY_DECIMALS) {
    return `The quantity has too many decimals. Use at most ${QUANTITY_DECIMALS}.`;
  }
  const amount = amountOf(line, currencyCode);
  if (THREE_DECIMAL.has(currencyCode) && decimalPlaces(amount) > 2) {
    return (
      `Price times quantity comes to ${amount.toFixed(3)}, but the last of three decimals has to be 0 in ${currencyCode}. ` +
      'Change the price or the quantity.'
    );
  }
  return null;
}

export function decimalPlaces(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent));
}

/** Decimal arithmetic as in Apex, on integers: price and quantity have few decimals by now. Half up. */
function amountOf({ unitPrice, quantity }: LineInput, currencyCode: string): number {
  const decimals = decimalsOf(currencyCode);
  const price = BigInt(unitPrice!.toFixed(PRICE_DECIMALS).replace('.', ''));
  const units = BigInt(quantity!.toFixed(QUANTITY_DECIMALS).replace('.', ''));
  const scale = 10n ** BigInt(PRICE_DECIMALS + QUANTITY_DECIMALS - decimals);
  return Number((price * units + scale / 2n) / scale) / 10 ** decimals;
}
