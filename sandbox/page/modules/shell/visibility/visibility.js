/**
 * Whether a visibility rule of a page holds for a record of the UI API. No rule holds always; of a record that is not there
 * yet every field is empty.
 */
export function holds(rule, record) {
  if (!rule) return true;
  const results = rule.criteria.map((criterion) => meets(criterion, record));
  return rule.booleanFilter ? evaluate(rule.booleanFilter, results) : results.every(Boolean);
}

/** The fields that a rule asks for, as paths from the record. */
export function pathsOfRule(rule) {
  return (rule?.criteria ?? []).map(pathOfCriterion);
}

function meets(criterion, record) {
  const text = textAt(pathOfCriterion(criterion).split('.'), record);
  const { operator, rightValue } = criterion;
  switch (operator) {
    case 'EQUAL':
      return text === rightValue;
    case 'NE':
      return text !== rightValue;
    case 'CONTAINS':
      return text.includes(rightValue);
    default:
      throw new Error(`The sandbox cannot evaluate the operator ${operator} of a visibility rule.`);
  }
}

function pathOfCriterion({ leftValue }) {
  const [, path] = /^\{!Record\.([\w.]+)\}$/.exec(leftValue) ?? [];
  if (!path) throw new Error(`The sandbox cannot evaluate ${leftValue} of a visibility rule.`);
  return path;
}

function textAt([field, ...rest], record) {
  const value = record?.fields[field]?.value;
  return rest.length > 0 ? textAt(rest, value) : String(value ?? '');
}

/** A filter like "1 AND (2 OR 3)"; AND binds closer than OR. */
function evaluate(filter, results) {
  const tokens = filter.toUpperCase().match(/\d+|[()]|[A-Z]+/g);
  return either();

  function either() {
    let value = both();
    while (tokens[0] === 'OR') {
      tokens.shift();
      value = both() || value;
    }
    return value;
  }

  function both() {
    let value = one();
    while (tokens[0] === 'AND') {
      tokens.shift();
      value = one() && value;
    }
    return value;
  }

  function one() {
    const token = tokens.shift();
    if (token === 'NOT') return !one();
    if (token !== '(') return results[Number(token) - 1];
    const value = either();
    tokens.shift();
    return value;
  }
}
