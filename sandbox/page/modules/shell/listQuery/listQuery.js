import { likePattern, literal } from 'runtime/soql';
import { session } from 'runtime/session';
import { known, pathOf, selectOf } from 'shell/rows';

/** A list view shows this many rows at most. */
export const rowLimit = 200;

/** The SOQL query of a list view, sorted by a column and searched for a text. */
export function listQuery(info, view, { sort, searchText }) {
  const conditions = view.filters
    .filter(({ field }) => info.fields[field])
    .map((filter) => condition(info, filter));
  if (view.mine && info.fields.OwnerId) conditions.push(`OwnerId = ${literal(session.user.id)}`);
  const search = searchText.trim() ? searchCondition(info, view, searchText.trim()) : undefined;
  if (search) conditions.push(search);
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  return `SELECT ${selectOf(info, view.columns).join(', ')} FROM ${info.apiName}${where}${orderBy(info, sort)} LIMIT ${rowLimit}`;
}

function orderBy(info, { column, descending }) {
  const described = info.fields[column?.replace(/Link$/, '')];
  if (!described) return '';
  return ` ORDER BY ${pathOf(described)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`;
}

const textTypes = ['String', 'Email', 'Phone', 'Url', 'Picklist', 'Reference'];

function searchCondition(info, view, text) {
  const paths = known(info, view.columns)
    .map((field) => info.fields[field])
    .filter(({ dataType, filterable }) => textTypes.includes(dataType) && filterable !== false)
    .map(pathOf);
  return paths.length > 0
    ? `(${paths.map((path) => `${path} LIKE ${likePattern(text)}`).join(' OR ')})`
    : undefined;
}

const operators = { lessThan: '<', greaterThan: '>', lessOrEqual: '<=', greaterOrEqual: '>=' };

/** Filters of a list view hold one value or several with commas between; each operation has its own meaning for them. */
function condition(info, { field, operation, value }) {
  const values = value.split(',').map((each) => valueOf(info.fields[field], each.trim()));
  const text = value.trim();
  switch (operation) {
    case 'equals':
      return values.length > 1 ? `${field} IN (${values.join(', ')})` : `${field} = ${values[0]}`;
    case 'notEqual':
      return values.length > 1 ? `${field} NOT IN (${values.join(', ')})` : `${field} != ${values[0]}`;
    case 'contains':
      return `${field} LIKE ${likePattern(text)}`;
    case 'notContain':
      return `(NOT ${field} LIKE ${likePattern(text)})`;
    case 'startsWith':
      return `${field} LIKE ${likePattern(text).replace("'%", "'")}`;
    default:
      return `${field} ${operators[operation]} ${values[0]}`;
  }
}

function valueOf({ dataType }, text) {
  if (text === '') return 'null';
  if (dataType === 'Boolean') return String(text === '1' || text.toLowerCase() === 'true');
  if (['Currency', 'Double', 'Int', 'Percent'].includes(dataType)) return String(Number(text));
  // Dates are given as in the metadata: TODAY, LAST_N_DAYS:30 or 2026-01-31.
  if (['Date', 'DateTime'].includes(dataType)) return text;
  return literal(text);
}
