import { dataApi, read } from './orgClient';

const masterRecordType = '012000000000000AAA';
const loaded = new Map();

/** What the user may do with an object and its fields. It does not change while the page is open. */
export function loadObjectInfo(objectApiName) {
  return once(`${dataApi}/ui-api/object-info/${encodeURIComponent(objectApiName)}`);
}

/** Picklist values of all fields of an object, by field. */
export function loadPicklistValues(objectApiName, recordTypeId = masterRecordType) {
  return once(`${dataApi}/ui-api/object-info/${objectApiName}/picklist-values/${recordTypeId}`);
}

/** Sections, rows and items of an object's page layout. */
export function loadLayout(objectApiName) {
  return once(`${dataApi}/ui-api/layout/${objectApiName}?layoutType=Full&mode=View`);
}

/** Regions of an object's record page and the components in them. */
export function loadRecordPage(objectApiName) {
  return once(`/sandbox/flexipage/${objectApiName}`);
}

function once(path) {
  if (!loaded.has(path)) {
    const answer = read(path);
    loaded.set(path, answer);
    answer.catch(() => loaded.delete(path));
  }
  return loaded.get(path);
}
