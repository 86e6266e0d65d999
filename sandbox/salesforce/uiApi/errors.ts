import type { OrgError } from '../orgError.ts';
import type { RestAnswer, RestContext, RestRequest } from '../rest/answer.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';

type UiError = {
  constituentField: null;
  duplicateRecordError: null;
  errorCode: string;
  field: string | null;
  fieldLabel: string | null;
  message: string;
};

/** A refused save in the shape of the UI API: errors of fields apart from errors of the whole record. */
export function recordErrors(
  request: RestRequest,
  { org }: RestContext,
  errors: readonly [OrgError, ...OrgError[]],
): RestAnswer {
  const id = request.segments[2];
  const { apiName = '' } = (request.body ?? {}) as { apiName?: string };
  const object = id ? org.schema.objectOfId(id) : org.schema.object(apiName);
  const fieldErrors: Record<string, UiError[]> = {};
  const general: UiError[] = [];
  for (const error of errors) {
    const fields = (error.fields ?? []).filter((name) => object?.field(name));
    for (const name of fields) (fieldErrors[name] ??= []).push(uiError(error, object, name));
    if (fields.length === 0) general.push(uiError(error, object, null));
  }
  const doing = request.method === 'POST' ? 'create' : request.method === 'DELETE' ? 'delete' : 'update';
  return {
    status: errors[0].status,
    body: {
      message: `An error occurred while trying to ${doing} the record. Please try again.`,
      statusCode: errors[0].status,
      errorCode: errors[0].errorCode,
      enhancedErrorType: 'RecordError',
      output: { errors: general, fieldErrors },
    },
  };
}

function uiError(
  { errorCode, message }: OrgError,
  object: ObjectSchema | undefined,
  field: string | null,
): UiError {
  const fieldLabel = field === null ? null : (object?.field(field)?.label ?? null);
  // The label stands beside the field already, so the words do not repeat it.
  const words =
    fieldLabel && message.startsWith(`${fieldLabel}: `) ? message.slice(fieldLabel.length + 2) : message;
  return { constituentField: null, duplicateRecordError: null, errorCode, field, fieldLabel, message: words };
}
