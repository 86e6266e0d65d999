import { OrgError } from '../orgError.ts';

/** Replaces @{referenceId.path} in every text of a subrequest, for example @{account.id} or @{found.records[0].Id}. */
export function fillReferences(value: unknown, results: Map<string, unknown>): unknown {
  if (typeof value === 'string') return fillText(value, results);
  if (Array.isArray(value)) return value.map((item) => fillReferences(item, results));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, fillReferences(inner, results)]),
  );
}

function fillText(text: string, results: Map<string, unknown>): string {
  return text.replace(/@\{([^}]+)\}/g, (_all, reference: string) => {
    const [id = '', ...path] = reference.split(/[.[\]]+/).filter(Boolean);
    let value: unknown = results.get(id);
    for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step];
    if (value === undefined || value === null) {
      throw new OrgError(
        'PROCESSING_HALTED',
        `Invalid reference specified. No value for ${reference} found in ${id}. Fields are case-sensitive.`,
      );
    }
    return String(value);
  });
}
