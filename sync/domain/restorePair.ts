import { differingFields, same } from './merge.ts';
import { fieldKey, type ToldValues } from './overwritten.ts';

/**
 * What a record of the org without lines would say if we had not written over edits that we had not read, and what both
 * sides agreed on before that: see `overwritten.ts`. A field that has been edited once more is left as it is. `termsOf`
 * makes terms of the record's fields, of which one term may need several.
 */
export function restorePair<T extends object>(
  { id, terms, fields }: { id: string; terms: T; fields: Record<string, unknown> },
  base: T | null,
  { told, termsOf }: { told: ToldValues; termsOf: (fields: Record<string, unknown>) => T },
): { terms: T; base: T | null } {
  const overwritten = Object.keys(fields).flatMap((field) => {
    const { value, overwrittenBy: by } = told[fieldKey(id, field)] ?? {};
    return by && same(fields[field] ?? null, by.value) ? [{ field, value, before: by.before }] : [];
  });
  if (overwritten.length === 0) return { terms, base };
  const fieldsWith = (of: 'value' | 'before') => ({
    ...fields,
    ...Object.fromEntries(overwritten.map((one) => [one.field, one[of]])),
  });
  const [edited, before] = [termsOf(fieldsWith('value')), termsOf(fieldsWith('before'))];
  const changed = differingFields(terms, edited);
  return {
    terms: withTerms(terms, edited, changed),
    base: base && withTerms(base, before, changed),
  };
}

const withTerms = <T extends object>(terms: T, others: T, names: (keyof T)[]): T => ({
  ...terms,
  ...(Object.fromEntries(names.map((name) => [name, others[name]])) as Partial<T>),
});
