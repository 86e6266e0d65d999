import type { FieldDescribe } from '../schema/describeTypes.ts';
import type { ObjectSchema } from '../schema/objectSchema.ts';
import type { ObjectRights, PermissionSet } from './permissionSet.ts';
import { profileObjectRights, profileSeesStandardFields } from './profile.ts';
import type { ProfileName } from './profile.ts';

/** What one user may see and do: the union of a profile and permission sets. */
export interface Access {
  object(object: ObjectSchema): ObjectRights;
  canRead(object: ObjectSchema, field: FieldDescribe): boolean;
  canEdit(object: ObjectSchema, field: FieldDescribe): boolean;
  hasCustomPermission(name: string): boolean;
  canUseClass(name: string): boolean;
}

// These objects have no permissions of their own: who may see or edit the other object may do so with them.
const controlledBy: Record<string, string> = { PricebookEntry: 'Pricebook2', OrderItem: 'Order' };

export function userAccess(profile: ProfileName, permissionSets: PermissionSet[]): Access {
  const fieldRight = (object: ObjectSchema, field: FieldDescribe, right: 'read' | 'edit'): boolean => {
    if (!field.permissionable) return true;
    if (!field.custom && profileSeesStandardFields(profile)) return true;
    // A compound field is granted as a whole, for example BillingAddress for BillingCity.
    const names = [field.name, ...(field.compoundFieldName ? [field.compoundFieldName] : [])];
    const keys = names.map((name) => `${object.name}.${name}`.toLowerCase());
    // What a person account has of its contact is granted with the contact's field.
    if (object.name === 'Account' && /^Person[A-Z]/.test(field.name))
      keys.push(`contact.${field.name.slice('Person'.length)}`.toLowerCase());
    return permissionSets.some((set) => keys.some((key) => set.fields.get(key)?.[right] === true));
  };
  const objectRights = (object: { name: string; custom: boolean }): ObjectRights => {
    const own = profileObjectRights(profile, object);
    const granted = permissionSets.map((set) => set.objects.get(object.name.toLowerCase()));
    const any = (right: keyof ObjectRights) =>
      own[right] || granted.some((rights) => rights?.[right] === true);
    return { read: any('read'), create: any('create'), edit: any('edit'), delete: any('delete') };
  };
  return {
    object(object) {
      const controlling = controlledBy[object.name];
      if (controlling === undefined) return objectRights({ name: object.name, custom: object.flags.custom });
      const { read, edit } = objectRights({ name: controlling, custom: false });
      return { read, create: edit, edit, delete: edit };
    },
    canRead: (object, field) => fieldRight(object, field, 'read'),
    canEdit: (object, field) => fieldRight(object, field, 'edit'),
    hasCustomPermission: (name) => permissionSets.some((set) => set.customPermissions.has(name)),
    // Administrators have Author Apex, which opens every class.
    canUseClass: (name) =>
      profile === 'System Administrator' || permissionSets.some((set) => set.classes.has(name)),
  };
}

/** Sees and does everything; the org itself works with it. */
export const systemAccess: Access = {
  object: () => ({ read: true, create: true, edit: true, delete: true }),
  canRead: () => true,
  canEdit: () => true,
  hasCustomPermission: () => true,
  canUseClass: () => true,
};
