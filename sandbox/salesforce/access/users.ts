import { OrgError } from '../orgError.ts';
import type { Actor } from '../org.ts';
import { userAccess } from './access.ts';
import type { PermissionSet } from './permissionSet.ts';
import type { ProfileName } from './profile.ts';

export type OrgUser = {
  id: string;
  firstName: string;
  lastName: string;
  username: string;
  title: string;
  profile: ProfileName;
  permissionSets: string[];
};

/** The users of the org with what they may do. */
export class Users {
  readonly all: OrgUser[];
  readonly #actors: Map<string, Actor>;

  constructor(users: OrgUser[], permissionSets: Map<string, PermissionSet>) {
    this.all = users;
    this.#actors = new Map(
      users.map((user) => {
        // A set that is not deployed yet gives nothing, as on the platform.
        const sets = user.permissionSets.flatMap((name) => permissionSets.get(name) ?? []);
        return [user.id, { userId: user.id, access: userAccess(user.profile, sets) }];
      }),
    );
  }

  byId(id: string): OrgUser | undefined {
    return this.all.find((user) => user.id === id);
  }

  byUsername(username: string): OrgUser | undefined {
    return this.all.find((user) => user.username.toLowerCase() === username.toLowerCase());
  }

  actor(userId: string): Actor {
    const actor = this.#actors.get(userId);
    if (!actor) throw new OrgError('INVALID_SESSION_ID', 'Session expired or invalid');
    return actor;
  }
}

export function fullName({ firstName, lastName }: OrgUser): string {
  return `${firstName} ${lastName}`;
}

/** An API-only user cannot open the page. */
export function canUsePage({ profile }: OrgUser): boolean {
  return profile !== 'Minimum Access - API Only Integrations';
}
