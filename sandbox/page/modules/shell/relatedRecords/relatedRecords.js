import { dataApi, read } from 'runtime/orgClient';
import { nameFieldOf } from 'shell/objects';
import { pathOf, shown } from 'shell/rows';

/** Records of a related list in its order: `{records, count, more}`. */
export async function loadRelatedRecords(info, list, recordId, pageSize = 50) {
  const fields = [nameFieldOf(info), ...shown(info, list.fields)];
  const paths = fields.flatMap((field) => [field, pathOf(info.fields[field])]);
  const parameters = new URLSearchParams({
    fields: [...new Set(paths)].map((path) => `${info.apiName}.${path}`).join(','),
    pageSize: String(pageSize),
  });
  if (list.sortField) parameters.set('sortBy', `${list.descending ? '-' : ''}${list.sortField}`);
  const answer = await read(
    `${dataApi}/ui-api/related-list-records/${recordId}/${encodeURIComponent(list.id)}?${parameters}`,
  );
  const { records, nextPageToken = null } = answer;
  return { records, count: answer.count ?? records.length, more: nextPageToken !== null };
}
