/** Kinds of the standard components that a record page may hold; others, as the highlights panel, have a fixed place. */
const kinds = { 'force:detailPanel': 'detail', 'force:relatedListContainer': 'related' };

/**
 * Blocks to show of a region's components. Details and related lists beside each other become one set of tabs, and sections of
 * fields one form.
 */
export function blocksOf(components) {
  const blocks = [];
  for (const component of components) {
    const { name, properties = {}, visibilityRule, columns } = component;
    const kind = kinds[name];
    const before = blocks.at(-1);
    if (columns && before?.sections) before.sections.push(component);
    else if (columns) blocks.push({ name, kind: 'form', sections: [component] });
    else if (!kind && !name.startsWith('c:')) continue;
    else if (kind && before && kinds[before.name] && before.kind !== kind) before.kind = 'tabs';
    else blocks.push({ name, kind, properties, visibilityRule });
  }
  return blocks;
}
