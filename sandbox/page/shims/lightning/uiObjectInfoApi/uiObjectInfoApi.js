import { loadObjectInfo, loadPicklistValues } from 'runtime/objectInfo';
import { wireAdapter } from 'runtime/wires';

const nameOf = (entity) => entity.objectApiName ?? entity;

/** Wire adapter of what the user may do with an object and its fields: `{objectApiName}`. */
export const getObjectInfo = wireAdapter(({ objectApiName }) => loadObjectInfo(nameOf(objectApiName)));

/** Wire adapter of the values of one picklist: `{recordTypeId, fieldApiName}`. */
export const getPicklistValues = wireAdapter(async ({ recordTypeId, fieldApiName }) => {
  const [objectApiName, field] = fieldApiName.fieldApiName
    ? [fieldApiName.objectApiName, fieldApiName.fieldApiName]
    : fieldApiName.split('.');
  const { picklistFieldValues } = await loadPicklistValues(objectApiName, recordTypeId);
  return picklistFieldValues[field];
});

/** Wire adapter of the values of all picklists of an object: `{objectApiName, recordTypeId}`. */
export const getPicklistValuesByRecordType = wireAdapter(({ objectApiName, recordTypeId }) =>
  loadPicklistValues(nameOf(objectApiName), recordTypeId),
);
