import { LightningElement } from 'lwc';
import { session, switchUser } from 'runtime/session';

/** Search and the user's menu. Working as another user shows what permissions do. */
export default class GlobalHeader extends LightningElement {
  orgName = session.org?.name ?? 'Sandbox';
  userName = session.user.name;
  users = (session.users ?? []).map(({ id, name, title }) => ({
    id,
    label: title ? `${name} (${title})` : name,
    current: id === session.user.id,
  }));

  handleUser({ detail }) {
    if (detail.value !== session.user.id) switchUser(detail.value);
  }
}
