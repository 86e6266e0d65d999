import { profileNames } from '../access/profile.ts';
import type { OrgUser } from '../access/users.ts';
import { fullName } from '../access/users.ts';
import type { Org } from '../org.ts';
import { makeRecordId } from '../recordId.ts';
import type { FieldValue } from '../records/storedRecord.ts';

export const orgId = makeRecordId('00D', 1);
export const integrationUserId = makeRecordId('005', 1);
export const repUserId = makeRecordId('005', 2);
export const adminUserId = makeRecordId('005', 3);
export const standardPricebookId = makeRecordId('01s', 1);

/** The org's people. The integration user has the name that the middleware signs in with. */
export function orgUsers(integrationUsername: string): OrgUser[] {
  return [
    {
      id: integrationUserId,
      firstName: 'Integration',
      lastName: 'User',
      username: integrationUsername,
      title: 'Invoicebridge',
      profile: 'Minimum Access - API Only Integrations',
      permissionSets: ['Invoicebridge_Integration'],
    },
    {
      id: repUserId,
      firstName: 'Robin',
      lastName: 'Reyes',
      username: 'robin.reyes@sandbox.example',
      title: 'Sales Representative',
      profile: 'Standard User',
      permissionSets: ['Invoicebridge_Rep'],
    },
    {
      id: adminUserId,
      firstName: 'Ada',
      lastName: 'Admin',
      username: 'ada.admin@sandbox.example',
      title: 'Salesforce Administrator',
      profile: 'System Administrator',
      permissionSets: ['Invoicebridge_Admin'],
    },
    {
      id: makeRecordId('005', 4),
      firstName: 'Nina',
      lastName: 'New',
      username: 'nina.new@sandbox.example',
      title: 'Sales Representative without Invoicebridge',
      profile: 'Standard User',
      permissionSets: [],
    },
  ];
}

/** Records that every org has from its first day: the organization, profiles, users and the standard price book. */
export function ensureSetupRecords(org: Org, users: OrgUser[]): void {
  const put = (object: string, id: string, values: Record<string, FieldValue>) => {
    const before = org.records.get(id);
    const created = before?.values['CreatedDate'] ?? org.now().toISOString();
    const audit = {
      CreatedDate: created,
      LastModifiedDate: created,
      SystemModstamp: created,
      CreatedById: integrationUserId,
      LastModifiedById: integrationUserId,
    };
    org.records.put({ id, object, deleted: false, values: { ...audit, ...before?.values, ...values } });
  };
  const profileId = (name: string) =>
    makeRecordId('00e', profileNames.findIndex((known) => known === name) + 1);
  org.transaction(() => {
    put('Organization', org.id, {
      Name: org.name,
      OrganizationType: 'Developer Edition',
      InstanceName: 'SBX1',
      IsSandbox: true,
      LanguageLocaleKey: 'en_US',
      DefaultLocaleSidKey: 'en_US',
      TimeZoneSidKey: 'UTC',
    });
    for (const name of profileNames) put('Profile', profileId(name), { Name: name });
    for (const user of users) {
      put('User', user.id, {
        FirstName: user.firstName,
        LastName: user.lastName,
        Name: fullName(user),
        Username: user.username,
        Email: user.username,
        Title: user.title,
        Alias: user.firstName.slice(0, 1).toLowerCase() + user.lastName.slice(0, 4).toLowerCase(),
        IsActive: true,
        ProfileId: profileId(user.profile),
        UserType: 'Standard',
        TimeZoneSidKey: 'UTC',
        LocaleSidKey: 'en_US',
        LanguageLocaleKey: 'en_US',
      });
    }
    put('Pricebook2', standardPricebookId, { Name: 'Standard Price Book', IsActive: true, IsStandard: true });
  });
}
