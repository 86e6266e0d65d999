import { soqlList, type SalesforceOrg } from './connection.ts';

// The ids are in the URL, of which Salesforce takes 16,384 characters.
const IDS_A_QUERY = 300;

/** The ids in a lookup field of records, also of those in the recycle bin. Each once; none for what is gone. */
export async function readParents(
  org: SalesforceOrg,
  { object, idField, ids }: { object: string; idField: string; ids: string[] },
): Promise<string[]> {
  const found = new Set<string>();
  for (let start = 0; start < ids.length; start += IDS_A_QUERY) {
    const soql = `SELECT ${idField} FROM ${object} WHERE Id IN ${soqlList(ids.slice(start, start + IDS_A_QUERY))}`;
    const { records } = await org.request<{ records: Record<string, string>[] }>(
      'GET',
      `/queryAll?q=${encodeURIComponent(soql)}`,
    );
    for (const record of records) if (record[idField]) found.add(record[idField]);
  }
  return [...found];
}
