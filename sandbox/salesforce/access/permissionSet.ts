import { join } from 'node:path';
import { flag, list, metadataFiles, readXml, text } from '../schema/metadataXml.ts';

export type ObjectRights = { read: boolean; create: boolean; edit: boolean; delete: boolean };
export type FieldRights = { read: boolean; edit: boolean };

export type PermissionSet = {
  name: string;
  objects: Map<string, ObjectRights>;
  /** Keyed by Object.Field in lower case. */
  fields: Map<string, FieldRights>;
  classes: Set<string>;
  customPermissions: Set<string>;
};

/** All permission sets of an SFDX source folder by their API names. */
export function readPermissionSets(metadataDir: string): Map<string, PermissionSet> {
  const files = metadataFiles(join(metadataDir, 'permissionsets'), '.permissionset-meta.xml');
  return new Map(files.map(([name, path]) => [name, readPermissionSet(name, path)]));
}

function readPermissionSet(name: string, path: string): PermissionSet {
  const node = readXml(path);
  const objects = list(node, 'objectPermissions').map((entry): [string, ObjectRights] => [
    (text(entry, 'object') ?? '').toLowerCase(),
    {
      read: flag(entry, 'allowRead'),
      create: flag(entry, 'allowCreate'),
      edit: flag(entry, 'allowEdit'),
      delete: flag(entry, 'allowDelete'),
    },
  ]);
  const fields = list(node, 'fieldPermissions').map((entry): [string, FieldRights] => [
    (text(entry, 'field') ?? '').toLowerCase(),
    { read: flag(entry, 'readable'), edit: flag(entry, 'editable') },
  ]);
  const enabled = (element: string, key: string) =>
    new Set(
      list(node, element)
        .filter((entry) => flag(entry, 'enabled'))
        .map((entry) => text(entry, key) ?? ''),
    );
  return {
    name,
    objects: new Map(objects),
    fields: new Map(fields),
    classes: enabled('classAccesses', 'apexClass'),
    customPermissions: enabled('customPermissions', 'name'),
  };
}
