import { getComponentDef } from 'lwc';

/** Properties that the page gives a component: the record's where it declares them, and those set in the flexipage. */
export function propertiesFor(component, context, configured = {}) {
  const { props } = getComponentDef(component);
  const given = { ...context, ...configured };
  return Object.fromEntries(Object.entries(given).filter(([name]) => name in props));
}
