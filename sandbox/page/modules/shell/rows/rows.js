import { nameFieldOf } from 'shell/objects';

/** Columns of lightning-datatable for these fields of an object, and rows for its data. */
export function columnsOf(info, fields, { sortable = false, hideDefaultActions = true } = {}) {
  const name = nameFieldOf(info);
  return known(info, fields).map((field) => {
    const described = info.fields[field];
    const label = {
      label: labelOf(described),
      sortable: sortable && described.sortable !== false,
      hideDefaultActions,
    };
    if (field === name || described.dataType === 'Reference') {
      const typeAttributes = { label: { fieldName: field }, tooltip: { fieldName: field }, target: '_self' };
      return { ...label, fieldName: `${field}Link`, type: 'url', typeAttributes };
    }
    return { ...label, fieldName: field, ...typeOf(described, info) };
  });
}

/** Those of the fields that the user may see. */
export function known(info, fields) {
  return fields.filter((field) => info.fields[field]);
}

/** With the currency of the record, in an org with several. */
export function shown(info, fields) {
  return known(info, [...fields, 'CurrencyIsoCode']);
}

/** What to select so that `rowOfQuery` finds the names behind lookups. */
export function selectOf(info, fields) {
  const paths = shown(info, fields).map((field) => pathOf(info.fields[field]));
  return [...new Set(['Id', ...paths])];
}

/** The path to what is shown of a field: for a lookup the name of the other record. */
export function pathOf({ apiName, dataType, relationshipName, referenceToInfos }) {
  if (dataType !== 'Reference' || !relationshipName) return apiName;
  const names = referenceToInfos?.[0]?.nameFields ?? ['Name'];
  return `${relationshipName}.${names.includes('Name') ? 'Name' : names[0]}`;
}

/** A row from a record of the query API. */
export function rowOfQuery(record, info, fields) {
  return rowOf(info, fields, record.Id, (described) => {
    if (described.dataType !== 'Reference') return { value: record[described.apiName] };
    const [relationship, name] = pathOf(described).split('.');
    const target = record[relationship];
    return {
      value: target?.[name],
      id: target?.attributes?.url?.split('/').at(-1),
      object: target?.attributes?.type,
    };
  });
}

/** A row from a record of the UI API. */
export function rowOfRecord(record, info, fields) {
  return rowOf(info, fields, record.id, (described) => {
    const field = record.fields[described.apiName];
    if (described.dataType !== 'Reference') return { value: field?.value };
    const [relationship, name] = pathOf(described).split('.');
    const target = record.fields[relationship]?.value;
    return { value: target?.fields?.[name]?.value, id: field?.value, object: target?.apiName };
  });
}

/** A lookup is labelled as the record it leads to: Owner, not Owner ID. */
export function labelOf({ label, dataType }) {
  return dataType === 'Reference' ? label.replace(/ ID$/, '') : label;
}

export function recordUrl(objectApiName, recordId) {
  return `/lightning/r/${objectApiName}/${recordId}/view`;
}

function rowOf(info, fields, id, cell) {
  const name = nameFieldOf(info);
  const row = { Id: id };
  for (const field of shown(info, fields)) {
    const described = info.fields[field];
    const { value, id: target, object } = cell(described);
    row[field] = value;
    if (field === name) row[`${field}Link`] = recordUrl(info.apiName, id);
    if (described.dataType === 'Reference' && value) {
      const targetObject = object ?? described.referenceToInfos?.[0]?.apiName;
      row[`${field}Link`] = hasPage(targetObject) ? recordUrl(targetObject, target) : undefined;
    }
  }
  return row;
}

/** Users have no page in the sandbox. */
export function hasPage(objectApiName) {
  return Boolean(objectApiName) && objectApiName !== 'User';
}

function typeOf({ dataType, scale }, { fields }) {
  switch (dataType) {
    case 'Currency':
      return {
        type: 'currency',
        typeAttributes: { currencyCode: fields.CurrencyIsoCode ? { fieldName: 'CurrencyIsoCode' } : 'USD' },
        cellAttributes: { alignment: 'right' },
      };
    case 'Double':
    case 'Int':
      return { type: 'number', typeAttributes: { maximumFractionDigits: scale ?? 0 } };
    case 'Percent':
      return { type: 'percent', typeAttributes: { step: '0.01' } };
    case 'Date':
      return { type: 'date-local', typeAttributes: { year: 'numeric', month: 'numeric', day: 'numeric' } };
    case 'DateTime':
      return {
        type: 'date',
        typeAttributes: {
          year: 'numeric',
          month: 'numeric',
          day: 'numeric',
          hour: 'numeric',
          minute: '2-digit',
        },
      };
    case 'Boolean':
      return { type: 'boolean' };
    case 'Email':
      return { type: 'email' };
    case 'Phone':
      return { type: 'phone' };
    case 'Url':
      return { type: 'url', typeAttributes: { target: '_blank' } };
    default:
      return { type: 'text' };
  }
}
