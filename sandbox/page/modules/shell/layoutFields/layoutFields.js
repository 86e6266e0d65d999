import { addressFields } from 'shell/address';
import { nameFieldOf } from 'shell/objects';
import { pathOf } from 'shell/rows';

/** Qualified names of all fields that a layout shows, with the names behind its lookups and the parts of addresses. */
export function fieldsOfLayout(info, layout) {
  const names = layout.sections.flatMap(({ layoutRows }) =>
    layoutRows.flatMap(({ layoutItems }) =>
      layoutItems.flatMap(({ layoutComponents }) => layoutComponents.map(({ apiName }) => apiName)),
    ),
  );
  const paths = names.filter(Boolean).flatMap((name) => {
    if (/Address$/.test(name)) return Object.values(addressFields(name)).filter((part) => info.fields[part]);
    const field = info.fields[name];
    return field ? [name, pathOf(field)] : [];
  });
  return [...new Set([nameFieldOf(info), ...paths])].map((path) => `${info.apiName}.${path}`);
}
