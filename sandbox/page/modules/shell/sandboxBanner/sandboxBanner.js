import { LightningElement } from 'lwc';
import { session } from 'runtime/session';

/** Says on every page what this is, and leads to the other side of the sandbox. */
export default class SandboxBanner extends LightningElement {
  stripeDashboard = session.links?.stripeDashboard;
  mailbox = session.links?.mailbox;
}
