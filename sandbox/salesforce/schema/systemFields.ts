import type { FieldDescribe } from './describeTypes.ts';
import { describeField } from './field.ts';
import type { FieldSketch } from './field.ts';

// The platform fills these in itself and no permission hides them.
const system = {
  createable: false,
  updateable: false,
  nillable: false,
  defaultedOnCreate: true,
  permissionable: false,
};

export function idField(label: string): FieldDescribe {
  return describeField({ name: 'Id', type: 'id', label, idLookup: true, ...system });
}

export function ownerField(): FieldDescribe {
  return describeField({
    ...system,
    ...userLookup('OwnerId', 'Owner ID', 'Owner'),
    createable: true,
    updateable: true,
  });
}

/** IsDeleted and who made and changed the record when, in the order of a real describe. */
export function auditFields(): FieldDescribe[] {
  const sketches: FieldSketch[] = [
    { name: 'IsDeleted', type: 'boolean', label: 'Deleted', defaultValue: false },
    { name: 'CreatedDate', type: 'datetime', label: 'Created Date' },
    userLookup('CreatedById', 'Created By ID', 'CreatedBy'),
    { name: 'LastModifiedDate', type: 'datetime', label: 'Last Modified Date' },
    userLookup('LastModifiedById', 'Last Modified By ID', 'LastModifiedBy'),
    { name: 'SystemModstamp', type: 'datetime', label: 'System Modstamp' },
  ];
  return sketches.map((sketch) => describeField({ ...sketch, ...system }));
}

/** Fields that every custom object has beside its name; the platform keeps them null until a person looks at a record. */
export function viewedFields(): FieldDescribe[] {
  return ['LastViewedDate', 'LastReferencedDate'].map((name) =>
    describeField({
      ...system,
      name,
      type: 'datetime',
      label: name.replace(/([a-z])([A-Z])/g, '$1 $2'),
      nillable: true,
      defaultedOnCreate: false,
    }),
  );
}

function userLookup(name: string, label: string, relationshipName: string): FieldSketch {
  return { name, type: 'reference', label, referenceTo: ['User'], relationshipName };
}
