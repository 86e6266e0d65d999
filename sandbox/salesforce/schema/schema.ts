import { readCustomObjects } from './customObjects.ts';
import type { ChildRelationship } from './describeTypes.ts';
import type { ObjectSchema } from './objectSchema.ts';
import { standardRelationships } from './standardRelationships.ts';
import { standardObjects } from './standardObjects.ts';

/** All objects of the org, found by name without regard to case, or by the first three characters of an id. */
export class Schema {
  readonly objects: ObjectSchema[];
  readonly #byName = new Map<string, ObjectSchema>();
  readonly #byPrefix = new Map<string, ObjectSchema>();

  constructor(objects: ObjectSchema[]) {
    this.objects = [];
    for (const object of objects) this.add(object);
  }

  add(object: ObjectSchema): void {
    this.objects.push(object);
    this.#byName.set(object.name.toLowerCase(), object);
    this.#byPrefix.set(object.keyPrefix, object);
  }

  object(name: string): ObjectSchema | undefined {
    return this.#byName.get(name.toLowerCase());
  }

  objectOfId(id: string): ObjectSchema | undefined {
    return this.#byPrefix.get(id.slice(0, 3));
  }
}

/** Standard objects merged with what salesforce-metadata/ defines. */
export function loadSchema(metadataDir: string, keyPrefixOf: (objectName: string) => string): Schema {
  const objects = new Map(standardObjects().map((object) => [object.name, object]));
  const relations = readCustomObjects(metadataDir, objects, keyPrefixOf);
  for (const object of objects.values()) dropForeignLookups(object, objects);
  for (const { parent, onDelete, ...link } of standardRelationships) {
    addChild(objects, parent, {
      ...link,
      cascadeDelete: onDelete === 'cascade',
      restrictedDelete: onDelete === 'restrict',
    });
  }
  for (const { to, childObject, field, childRelationshipName } of relations) {
    const { cascadeDelete = false, restrictedDelete = false } = objects.get(childObject)?.field(field) ?? {};
    const link = { childSObject: childObject, field, relationshipName: childRelationshipName };
    addChild(objects, to, { ...link, cascadeDelete, restrictedDelete });
  }
  return new Schema([...objects.values()]);
}

/** The real describes name objects of features this org does not have; an org without the feature lacks the field. */
function dropForeignLookups(object: ObjectSchema, objects: Map<string, ObjectSchema>): void {
  for (const field of object.fields) {
    if (field.type !== 'reference' || field.referenceTo.some((name) => objects.has(name))) continue;
    if (field.custom)
      throw new Error(
        `${object.name}.${field.name} points at ${field.referenceTo.join()}, which is not an object of the org.`,
      );
    object.removeField(field.name);
  }
}

type Link = Omit<ChildRelationship, 'deprecatedAndHidden' | 'junctionIdListNames' | 'junctionReferenceTo'>;

function addChild(objects: Map<string, ObjectSchema>, parent: string, link: Link): void {
  if (!objects.get(link.childSObject)?.field(link.field)) return;
  const relationship = {
    ...link,
    deprecatedAndHidden: false,
    junctionIdListNames: [],
    junctionReferenceTo: [],
  };
  objects.get(parent)?.childRelationships.push(relationship);
}
