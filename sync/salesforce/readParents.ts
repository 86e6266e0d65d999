import { soqlList, type SalesforceOrg } from './connection.ts';
import { idPages } from './idPages.ts';

/** The ids in a lookup field of records, also of those in the recycle bin. Each once; none for what is gone. */
export async function readParents(
  org: SalesforceOrg,
  { object, idField, ids }: { object: string; idField: string; ids: string[] },
): Promise<string[]> {
  const found = new Set<string>();
  for (const page of idPages(ids)) {
    const soql = `SELECT ${idField} FROM ${object} WHERE Id IN ${soqlList(page)}`;
    const { records } = await org.request<{ records: Record<string, string>[] }>(
      'GET',
      `/queryAll?q=${encodeURIComponent(soql)}`,
    );
    for (const record of records) if (record[idField]) found.add(record[idField]);
  }
  return [...found];
}
