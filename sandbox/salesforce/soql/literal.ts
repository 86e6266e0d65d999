import { OrgError } from '../orgError.ts';
import { toId18 } from '../recordId.ts';
import type { FieldDescribe } from '../schema/describeTypes.ts';
import { dateLiteralRange } from './dateLiterals.ts';
import type { TimeRange } from './dateLiterals.ts';
import { at } from './queryScope.ts';
import type { QueryScope } from './queryScope.ts';

export type Literal = string | number | boolean | null | TimeRange;

const textTypes = [
  'string',
  'textarea',
  'picklist',
  'multipicklist',
  'email',
  'phone',
  'url',
  'id',
  'reference',
  'combobox',
];
const numberTypes = ['int', 'double', 'currency', 'percent'];

/** A literal of the query for a field, refused as the platform does when its kind does not fit the field. */
export function readLiteral(
  scope: QueryScope,
  field: FieldDescribe | undefined,
  { raw, type }: { raw: string; type: string | undefined },
): Literal {
  if (field) refuseWrongKind(scope, field, { raw, type });
  switch (type) {
    case 'STRING':
      return unquote(raw);
    case 'INTEGER':
    case 'DECIMAL':
      return Number(raw);
    case 'INTEGER_WITH_CURRENCY_PREFIX':
    case 'DECIMAL_WITH_CURRENCY_PREFIX':
      return Number(raw.slice(3));
    case 'BOOLEAN':
      return /^true$/i.test(raw);
    case 'NULL':
      return null;
    case 'DATETIME':
      return new Date(raw.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).toISOString();
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL':
      return dateLiteralRange(raw, scope.org.now()) ?? refuse(scope, `unexpected token: '${raw}'`);
    case 'APEX_BIND_VARIABLE':
      return refuse(scope, "unexpected token: ':'");
    default:
      return raw;
  }
}

/** Undoes the quotes and backslash escapes of SOQL. */
export function unquote(raw: string): string {
  const named: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
  return raw.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_all, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return named[escape] ?? escape;
  });
}

function refuse(_scope: QueryScope, message: string): never {
  throw new OrgError('MALFORMED_QUERY', message);
}

function refuseWrongKind(
  scope: QueryScope,
  field: FieldDescribe,
  { raw, type }: { raw: string; type: string | undefined },
): void {
  if (type === 'NULL') return;
  const quoted = type === 'STRING';
  const wanted = field.type === 'datetime' ? 'dateTime' : field.type;
  const criterion = `${at(scope, field.name)}value of filter criterion for field '${field.name}' must be of type`;
  if (textTypes.includes(field.type)) {
    if (!quoted) throw new OrgError('INVALID_FIELD', `${criterion} string and should be enclosed in quotes`);
    if ((field.type === 'id' || field.type === 'reference') && !toId18(unquote(raw))) {
      throw new OrgError(
        'INVALID_QUERY_FILTER_OPERATOR',
        `${at(scope, field.name)}invalid ID field: ${unquote(raw)}`,
      );
    }
    return;
  }
  const isDate = type === 'DATE' || type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL';
  const isDatetime = type === 'DATETIME' || type === 'DATE_LITERAL' || type === 'DATE_N_LITERAL';
  const fits =
    (numberTypes.includes(field.type) && !quoted && !isDate && !isDatetime && type !== 'BOOLEAN') ||
    (field.type === 'boolean' && type === 'BOOLEAN') ||
    (field.type === 'date' && isDate) ||
    (field.type === 'datetime' && isDatetime);
  if (!fits)
    throw new OrgError('INVALID_FIELD', `${criterion} ${wanted} and should not be enclosed in quotes`);
}
