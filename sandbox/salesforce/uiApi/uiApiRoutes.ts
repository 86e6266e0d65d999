import { OrgError, orgErrorsOf } from '../orgError.ts';
import type { RestAnswer, RestContext, RestRequest } from '../rest/answer.ts';
import { recordActions } from './actions.ts';
import { recordErrors } from './errors.ts';
import { layout } from './layout.ts';
import type { LayoutSource } from './layoutSource.ts';
import { objectInfo, picklistValues } from './objectInfo.ts';
import { createRecord, deleteUiRecord, getRecord, updateUiRecord } from './records.ts';
import { relatedListRecords } from './relatedList.ts';

export type UiContext = RestContext & { layouts: LayoutSource };
export type UiRoute = (request: RestRequest, context: UiContext) => RestAnswer;

const table: [method: string, pattern: RegExp, route: UiRoute][] = [
  ['POST', /^records$/, createRecord],
  ['GET', /^records\/[^/]+$/, getRecord],
  ['PATCH', /^records\/[^/]+$/, updateUiRecord],
  ['DELETE', /^records\/[^/]+$/, deleteUiRecord],
  ['GET', /^object-info\/[^/]+$/, objectInfo],
  ['GET', /^object-info\/[^/]+\/picklist-values\/[^/]+$/, picklistValues],
  ['GET', /^layout\/[^/]+$/, layout],
  ['GET', /^related-list-records\/[^/]+\/[^/]+$/, relatedListRecords],
  ['GET', /^actions\/record\/[^/]+$/, recordActions],
];

/** /services/data/vNN.0/ui-api: the part of the User Interface API that Lightning Data Service of the page needs. */
export function dispatchUiApi(request: RestRequest, context: UiContext): RestAnswer {
  const segments = request.segments.slice(1);
  const path = segments.map(encodeURIComponent).join('/');
  try {
    const matches = table.filter(([, pattern]) => pattern.test(path));
    const found = matches.find(([method]) => method === request.method);
    if (matches.length === 0) throw new OrgError('NOT_FOUND', 'The requested resource does not exist');
    if (!found) throw new OrgError('METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed.`);
    return found[2]({ ...request, segments }, context);
  } catch (error) {
    const errors = orgErrorsOf(error);
    if (!errors) throw error;
    const saving = segments[0] === 'records' && request.method !== 'GET';
    if (saving) return recordErrors(request, context, errors);
    return {
      status: errors[0].status,
      body: errors.map(({ errorCode, message }) => ({ errorCode, message })),
    };
  }
}
