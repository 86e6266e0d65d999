import type { ObjectRights } from './permissionSet.ts';

export type ProfileName = 'Minimum Access - API Only Integrations' | 'Standard User' | 'System Administrator';

export const profileNames: ProfileName[] = [
  'Minimum Access - API Only Integrations',
  'Standard User',
  'System Administrator',
];

const none: ObjectRights = { read: false, create: false, edit: false, delete: false };
const readOnly: ObjectRights = { ...none, read: true };
const all: ObjectRights = { read: true, create: true, edit: true, delete: true };

/** Setup objects that every user may read, whatever the profile says. */
const open = new Set(['User', 'Organization', 'Profile']);
/** Whoever may make files needs no right to these objects; whose file somebody sees its links decide, which are not modelled here. */
const files = new Set(['ContentVersion', 'ContentDocument', 'ContentDocumentLink']);
const catalogue = new Set(['Product2', 'Pricebook2']);

/**
 * What a profile gives before any permission set. No profile grants custom objects or fields that were deployed
 * without it, which is why they need the permission sets; only Modify All Data of an administrator opens the objects.
 */
export function profileObjectRights(
  profile: ProfileName,
  object: { name: string; custom: boolean },
): ObjectRights {
  if (open.has(object.name)) return readOnly;
  // Changing it takes Customize Application.
  if (object.name === 'CurrencyType')
    return profile === 'System Administrator' ? { ...all, delete: false } : readOnly;
  if (files.has(object.name)) return { ...all, delete: object.name !== 'ContentVersion' };
  if (profile === 'System Administrator') return all;
  if (profile === 'Standard User' && !object.custom) return catalogue.has(object.name) ? readOnly : all;
  return none;
}

export function profileSeesStandardFields(profile: ProfileName): boolean {
  return profile !== 'Minimum Access - API Only Integrations';
}
