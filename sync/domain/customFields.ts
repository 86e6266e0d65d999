/** What Stripe prints on an invoice as a table of names and values. */
export interface CustomField {
  name: string;
  value: string;
}

// Stripe's limits: docs.stripe.com/api/invoices/object#invoice_object-custom_fields
const MOST = 4;
const LONGEST_NAME = 40;
const LONGEST_VALUE = 140;

/** As the org's text has them: a line "Name: value" each. A colon within a name is written as `\:`, a backslash as `\\`. */
export function customFieldsText(fields: readonly CustomField[]): string | null {
  const lines = fields.map(({ name, value }) => `${name.replace(/[\\:]/g, '\\$&')}: ${value}`);
  return lines.length > 0 ? lines.join('\n') : null;
}

/** The fields of such a text, or what is wrong with it, in words. Blank lines and blanks at both ends say nothing. */
export function readCustomFields(text: string | null): { fields: CustomField[] } | { problem: string } {
  const lines = (text ?? '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.length > MOST)
    return { problem: `There are ${lines.length} lines, and an invoice has at most 4 custom fields.` };
  const fields: CustomField[] = [];
  for (const [index, line] of lines.entries()) {
    const [, left = '', value = ''] = /^((?:\\[\\:]|[^:])+):\s*(.+)$/.exec(line) ?? [];
    const name = left.replace(/\\([\\:])/g, '$1').trim();
    if (!name || !value) return { problem: `Line ${index + 1} is not "Name: value".` };
    if (name.length > LONGEST_NAME)
      return { problem: `The name in line ${index + 1} is longer than 40 characters.` };
    if (value.length > LONGEST_VALUE)
      return { problem: `The value in line ${index + 1} is longer than 140 characters.` };
    if (fields.some((field) => field.name === name)) return { problem: `"${name}" is there twice.` };
    fields.push({ name, value });
  }
  return { fields };
}

/** Stripe's, as both sides compare them: on one line each. */
export const plainCustomFields = (fields: readonly CustomField[]): CustomField[] =>
  fields.map(({ name, value }) => ({ name: oneLine(name), value: oneLine(value) }));

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();
