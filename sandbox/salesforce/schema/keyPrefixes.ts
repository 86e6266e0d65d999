import type { DocumentStore } from '../../store/documentStore.ts';

/** Gives custom objects the prefixes a00, a01 ... and remembers them, so that ids stay valid when objects are added. */
export function keyPrefixes(store: DocumentStore): (objectName: string) => string {
  const given = store.collection<{ id: string; prefix: string }>('keyPrefix');
  return (objectName) => {
    const known = given.get(objectName);
    if (known) return known.prefix;
    const prefix = `a${given.size.toString(36).padStart(2, '0')}`;
    given.put({ id: objectName, prefix });
    return prefix;
  };
}
