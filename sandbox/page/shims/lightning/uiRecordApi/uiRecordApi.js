import { dataApi, read, request } from 'runtime/orgClient';
import { refreshWires, wireAdapter } from 'runtime/wires';

const recordsApi = `${dataApi}/ui-api/records`;

/** Wire adapter of one record: `{recordId, fields | layoutTypes, modes, optionalFields}`. */
export const getRecord = wireAdapter(
  ({ recordId, fields, optionalFields, layoutTypes, modes }) => {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries({ fields, optionalFields, layoutTypes, modes })) {
      const names = list(value).map(qualifiedName);
      if (names.length > 0) parameters.set(name, names.join(','));
    }
    return read(`${recordsApi}/${encodeURIComponent(recordId)}?${parameters}`);
  },
  {
    ready: ({ recordId, fields, optionalFields, layoutTypes }) =>
      Boolean(recordId) && [fields, optionalFields, layoutTypes].some((names) => list(names).length > 0),
    touches: ({ recordId }, { recordIds }) => recordIds.includes(recordId),
  },
);

export function getFieldValue(record, field) {
  return fieldOf(record, field)?.value;
}

export function getFieldDisplayValue(record, field) {
  return fieldOf(record, field)?.displayValue;
}

export async function createRecord(input) {
  const record = await request('POST', recordsApi, input);
  await refreshWires({ recordIds: [record.id] });
  return record;
}

export async function updateRecord({ fields: { Id, ...fields }, ...rest }) {
  const record = await request('PATCH', `${recordsApi}/${encodeURIComponent(Id)}`, { ...rest, fields });
  await refreshWires({ recordIds: [Id] });
  return record;
}

export async function deleteRecord(recordId) {
  await request('DELETE', `${recordsApi}/${encodeURIComponent(recordId)}`);
}

/** Tells that records were changed by other means, as by Apex: `[{recordId}]`. Their wires load again. */
export async function notifyRecordUpdateAvailable(records) {
  await refreshWires({ recordIds: records.map(({ recordId }) => recordId) });
}

/** The older name of the same. */
export const getRecordNotifyChange = notifyRecordUpdateAvailable;

function fieldOf(record, field) {
  const [, ...path] = qualifiedName(field).split('.');
  let found = { value: record };
  for (const name of path) found = found?.value?.fields?.[name];
  return found;
}

function qualifiedName(field) {
  return field.fieldApiName ? `${field.objectApiName}.${field.fieldApiName}` : String(field);
}

function list(value) {
  return value === undefined || value === null ? [] : [value].flat();
}
