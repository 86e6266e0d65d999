import { OrgError } from '../orgError.ts';
import { ok } from '../rest/answer.ts';
import type { RestAnswer, RestRequest } from '../rest/answer.ts';
import { readScalar } from '../records/readField.ts';
import { toId18 } from '../recordId.ts';
import { comparable } from '../soql/comparable.ts';
import { sortBy } from '../soql/order.ts';
import { findById, unqualified } from './records.ts';
import { represent } from './representation.ts';
import type { UiContext } from './uiApiRoutes.ts';

// UI API developer guide: 50 rows by default, 1,999 at most.
const defaultPage = 50;
const maxPage = 1999;

/** Children of a record: ui-api/related-list-records/{parentId}/{relationship}?fields=&pageSize=&sortBy=. */
export function relatedListRecords({ segments, query }: RestRequest, context: UiContext): RestAnswer {
  const { org, actor } = context;
  const parent = findById(context, toId18(segments[1] ?? '') ?? '');
  const listId = segments[2] ?? '';
  const relationship = parent.object.childRelationship(listId);
  const object = relationship && org.schema.object(relationship.childSObject);
  const lookup = relationship && object?.field(relationship.field);
  if (!object || !lookup || !actor.access.object(object).read || !actor.access.canRead(object, lookup)) {
    throw new OrgError(
      'INVALID_PARAMETER',
      `The related list ${listId} does not exist or is not accessible.`,
    );
  }
  const names = (parameter: string) =>
    (query.get(parameter) ?? '')
      .split(',')
      .filter(Boolean)
      .map((name) => unqualified(name, object));
  const sort = query.get('sortBy') ?? 'CreatedDate';
  const sortField = object.field(sort.replace(/^-/, '').replace(new RegExp(`^${object.name}\\.`), ''));
  if (!sortField || !actor.access.canRead(object, sortField))
    throw new OrgError('INVALID_FIELD', `No such column '${sort}' to sort by.`);
  const children = sortBy(org.records.lookup(object, lookup, parent.record.id) ?? [], [
    {
      of: (child) => comparable(sortField, readScalar(org, child, sortField)),
      descending: sort.startsWith('-'),
      nullsFirst: false,
    },
  ]);

  const size = Math.min(maxPage, Math.max(1, Number(query.get('pageSize') ?? defaultPage)));
  const from = Number(query.get('pageToken') ?? 0);
  const page = children.slice(from, from + size);
  const wanted = { fields: names('fields'), optionalFields: names('optionalFields') };
  const more = from + size < children.length;
  return ok({
    count: page.length,
    currentPageToken: String(from),
    fields: wanted.fields,
    listReference: {
      parentObjectApiName: parent.object.name,
      parentRecordId: parent.record.id,
      relatedListId: listId,
    },
    nextPageToken: more ? String(from + size) : null,
    optionalFields: wanted.optionalFields,
    pageSize: size,
    previousPageToken: from > 0 ? String(Math.max(0, from - size)) : null,
    records: page.map((record) => represent(org, actor, { record, wanted })),
    sortBy: [sort],
  });
}
