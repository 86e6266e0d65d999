import { describeField } from './field.ts';
import type { ObjectSchema } from './objectSchema.ts';

/** What Account has in an org with Person Accounts. Source: Object Reference, "Account", person account fields. */
export function addPersonFields(account: ObjectSchema): void {
  const computed = { createable: false, updateable: false, permissionable: false };
  account.addField(
    describeField({ name: 'IsPersonAccount', label: 'Is Person Account', type: 'boolean', ...computed }),
  );
  const named = { type: 'string' as const, nillable: true, permissionable: false };
  account.addField(describeField({ name: 'LastName', label: 'Last Name', length: 80, ...named }));
  account.addField(describeField({ name: 'FirstName', label: 'First Name', length: 40, ...named }));
  account.addField(
    describeField({
      name: 'PersonEmail',
      label: 'Email',
      type: 'email',
      nillable: true,
      permissionable: true,
    }),
  );
}
