import { AuraHandledException, type ApexContext, type ApexRecord } from './context.ts';
import { decimalPlaces, decimalsOf } from './invoiceLines.ts';
import { quoted, toDate, toDecimal, today, toList, toOptionalId, toText } from './parameters.ts';

const FOOTER_LENGTH = 5000;
const MOST_FIELDS = 4;
const NAME_LENGTH = 40;
const VALUE_LENGTH = 140;
const PERCENT_DECIMALS = 2;

interface CustomField {
  name: string;
  value: string;
}

/** Twin of InvoiceOptions.Input. */
export interface OptionsInput {
  discountPercent: number | null;
  discountAmount: number | null;
  taxRateId: string | null;
  footer: string | null;
  customFields: CustomField[];
  finalizeOn: string | null;
}

export function toOptionsInput(value: unknown): OptionsInput | null {
  if (value === null || value === undefined) return null;
  const options = value as Record<string, unknown>;
  return {
    discountPercent: toDecimal(options.discountPercent),
    discountAmount: toDecimal(options.discountAmount),
    taxRateId: toOptionalId(options.taxRateId),
    footer: toText(options.footer),
    customFields: toList(options.customFields).map((item) => {
      const field = item as Record<string, unknown>;
      return { name: toText(field.name) ?? '', value: toText(field.value) ?? '' };
    }),
    finalizeOn: toDate(options.finalizeOn),
  };
}

/** Twin of InvoiceOptions.taxRates. */
export function taxRates(chosen: string[], context: ApexContext) {
  const orChosen = chosen.length > 0 ? ` OR Id IN (${chosen.map(quoted).join(', ')})` : '';
  const records = context.query(
    'SELECT Id, Name, Percentage__c, Inclusive__c, Active__c FROM Tax_Rate__c ' +
      `WHERE (Active__c = TRUE AND Stripe_Tax_Rate_Id__c != NULL)${orChosen} ORDER BY Name LIMIT 200`,
  );
  return records.map((record) => ({
    taxRateId: record.Id!,
    name: record.Name,
    percentage: record.Percentage__c ?? null,
    inclusive: record.Inclusive__c,
    active: record.Active__c,
  }));
}

/** Twin of InvoiceOptions.read. */
export function readOptions(invoice: ApexRecord): OptionsInput {
  return {
    discountPercent: toDecimal(invoice.Discount_Percent__c),
    discountAmount: toDecimal(invoice.Discount_Amount__c),
    taxRateId: toText(invoice.Tax_Rate__c),
    footer: toText(invoice.Footer__c),
    customFields: readFields(toText(invoice.Custom_Fields__c)),
    finalizeOn: toText(invoice.Finalize_On__c),
  };
}

interface Filling {
  invoice: ApexRecord;
  subtotal: number;
  currencyCode: string;
}

/** Twin of InvoiceOptions.fill; answers the invoice with the options in it. */
export function withOptions(
  options: OptionsInput | null,
  { invoice, subtotal, currencyCode }: Filling,
  context: ApexContext,
): ApexRecord {
  if (options === null) return invoice;
  checkDiscount(options, subtotal, currencyCode);
  checkTaxRate(options.taxRateId, invoice, context);
  checkFinalizeOn(options.finalizeOn, invoice);
  if (options.footer !== null && options.footer.length > FOOTER_LENGTH) {
    throw new AuraHandledException('The footer is too long. Use at most 5,000 characters.');
  }
  return {
    ...invoice,
    Discount_Percent__c: options.discountPercent,
    Discount_Amount__c: options.discountAmount,
    Tax_Rate__c: options.taxRateId,
    Footer__c: options.footer,
    Custom_Fields__c: fieldsText(options.customFields),
    Finalize_On__c: options.finalizeOn,
  };
}

function checkDiscount(
  { discountPercent: percent, discountAmount: amount }: OptionsInput,
  subtotal: number,
  currencyCode: string,
): void {
  if (percent !== null && amount !== null) {
    throw new AuraHandledException('Give the discount either in percent or as an amount, not both.');
  }
  if (percent !== null && (percent <= 0 || percent > 100)) {
    throw new AuraHandledException('Enter a discount of more than 0 and at most 100 percent.');
  }
  if (percent !== null && decimalPlaces(percent) > PERCENT_DECIMALS) {
    throw new AuraHandledException('The discount has too many decimals. Use at most 2.');
  }
  if (amount === null) return;
  if (amount <= 0) {
    throw new AuraHandledException('Enter a discount of more than 0, or choose no discount.');
  }
  const decimals = Math.min(decimalsOf(currencyCode), 2);
  if (decimalPlaces(amount) > decimals) {
    throw new AuraHandledException(`The discount has too many decimals. Use at most ${decimals}.`);
  }
  if (amount > subtotal) {
    throw new AuraHandledException(
      `The discount is more than the items come to, ${subtotal.toFixed(decimalsOf(currencyCode))} ${currencyCode}. Enter at most that.`,
    );
  }
}

function checkTaxRate(taxRateId: string | null, invoice: ApexRecord, context: ApexContext): void {
  if (taxRateId === null) return;
  const [rate] = context.query(`SELECT Name, Active__c FROM Tax_Rate__c WHERE Id = ${quoted(taxRateId)}`);
  if (!rate) throw new AuraHandledException('The tax rate was not found. Choose another one.');
  if (rate.Active__c || hasRate(invoice, taxRateId, context)) return;
  throw new AuraHandledException(
    `The tax rate "${String(rate.Name)}" is archived in Stripe. Choose another one.`,
  );
}

const hasRate = ({ Id }: ApexRecord, taxRateId: string, context: ApexContext): boolean =>
  Id !== undefined &&
  context.query(`SELECT Id FROM Invoice__c WHERE Id = ${quoted(Id)} AND Tax_Rate__c = ${quoted(taxRateId)}`)
    .length > 0;

function checkFinalizeOn(day: string | null, invoice: ApexRecord): void {
  if (day === null) return;
  if (day < today()) {
    throw new AuraHandledException(
      'The day on which Stripe sends the invoice is in the past. Choose today or a later day, or clear it.',
    );
  }
  if (toText(invoice.Payment_Terms__c) === null && toText(invoice.Due_Date__c)! < day) {
    throw new AuraHandledException(
      'The invoice would be due before Stripe sends it. Choose a later due date, or an earlier day to send it.',
    );
  }
}

function fieldsText(fields: CustomField[]): string | null {
  const lines: string[] = [];
  const names = new Set<string>();
  for (const { name, value } of fields.map((field) => ({
    name: normalizeSpace(field.name),
    value: normalizeSpace(field.value),
  }))) {
    if (name === '' && value === '') continue;
    const problem =
      problemOf(name, value) ??
      (names.has(name) ? `The name "${name}" is there twice. Change one of them.` : null);
    if (problem) throw new AuraHandledException(`Custom field ${lines.length + 1}: ${problem}`);
    names.add(name);
    lines.push(`${name.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}: ${value}`);
  }
  if (lines.length > MOST_FIELDS) {
    throw new AuraHandledException('An invoice has at most 4 custom fields. Remove some.');
  }
  return lines.length > 0 ? lines.join('\n') : null;
}

function problemOf(name: string, value: string): string | null {
  if (name === '' || value === '') return 'Enter both a name and a value.';
  if (name.length > NAME_LENGTH) return 'The name is too long. Use at most 40 characters.';
  return value.length > VALUE_LENGTH ? 'The value is too long. Use at most 140 characters.' : null;
}

function readFields(text: string | null): CustomField[] {
  const lines = (text ?? '').split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [, name, value] = /^((?:\\[\\:]|[^:])+):\s*(.+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) return { name: line, value: '' };
      return { name: name.replace(/\\([\\:])/g, '$1').trim(), value };
    });
}

const normalizeSpace = (text: string) => text.replace(/\s+/g, ' ').trim();
