import { fieldsOfLayout } from 'shell/layoutFields';
import { holds, pathsOfRule } from 'shell/visibility';

/** Those of a record page that has its fields on it (Dynamic Forms), not in the object's page layout. */
export function fieldSectionsOf(regions) {
  return regions.flatMap(({ components }) => components.filter(({ columns }) => columns));
}

/** What is shown of the sections for a record, as a page layout says it; without a record, as for a new one. */
export function layoutOf(sections, record) {
  return asLayout(sections, ({ visibilityRule }) => holds(visibilityRule, record));
}

/** Qualified names of all that the sections may show, and of what their rules ask for. */
export function fieldsOfSections(info, sections) {
  const parts = sections.flatMap((section) => [section, ...section.columns.flat()]);
  const asked = parts.flatMap(({ visibilityRule }) => pathsOfRule(visibilityRule));
  const shown = fieldsOfLayout(
    info,
    asLayout(sections, () => true),
  );
  return [...new Set([...shown, ...asked.map((path) => `${info.apiName}.${path}`)])];
}

function asLayout(sections, isShown) {
  return {
    sections: sections.filter(isShown).map(({ properties, columns }) => ({
      id: properties.columns,
      heading: properties.label,
      columns: columns.length,
      layoutRows: rowsOf(columns.map((fields) => fields.filter(isShown))),
    })),
  };
}

function rowsOf(columns) {
  const count = Math.max(0, ...columns.map(({ length }) => length));
  return Array.from({ length: count }, (_none, row) => ({
    layoutItems: columns.map((fields) => itemOf(fields[row])),
  }));
}

function itemOf(placed) {
  if (!placed) return { layoutComponents: [{ apiName: null, componentType: 'EmptySpace' }] };
  const editable = placed.behavior !== 'readonly';
  return {
    editableForNew: editable,
    editableForUpdate: editable,
    layoutComponents: [{ apiName: placed.field, componentType: 'Field' }],
    required: placed.behavior === 'required',
  };
}
