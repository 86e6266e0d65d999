/** Kinds of the standard components that a record page may hold; others, as the highlights panel, have a fixed place. */
const kinds = { 'force:detailPanel': 'detail', 'force:relatedListContainer': 'related' };

/** Blocks to show of a region's components. Details and related lists beside each other become one set of tabs. */
export function blocksOf(components) {
  const blocks = [];
  for (const { name, properties = {} } of components) {
    const kind = kinds[name];
    if (!kind && !name.startsWith('c:')) continue;
    const before = blocks.at(-1);
    if (kind && before && kinds[before.name] && before.kind !== kind) before.kind = 'tabs';
    else blocks.push({ name, kind, properties });
  }
  return blocks;
}
