import { ok } from '../rest/answer.ts';
import type { RestAnswer, RestRequest } from '../rest/answer.ts';
import { find } from './records.ts';
import type { UiContext } from './uiApiRoutes.ts';

/** The quick actions of a record's layout: ui-api/actions/record/{id}. */
export function recordActions(request: RestRequest, context: UiContext): RestAnswer {
  const { object } = find(request, context);
  const actions = context.layouts
    .quickActions(object.name)
    .map(({ apiName, label, subtype, lightningComponent }) => ({
      apiName,
      label,
      type: subtype,
      lightningComponent,
      iconName: null,
    }));
  return ok({ actions });
}
