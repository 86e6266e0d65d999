import { LightningElement, api } from 'lwc';
import { loadObjectInfo } from 'runtime/objectInfo';
import { session } from 'runtime/session';
import { app, iconOf } from 'shell/objects';

// Names of the tabs until the org has told them; also for objects that the user may not see.
const labels = {
  Account: 'Accounts',
  Invoice__c: 'Invoices',
  Product2: 'Products',
  Payment_Confirmation__c: 'Payments',
};
const objects = app.objects.length > 0 ? app.objects : Object.keys(labels);

/** App launcher, name of the app and its tabs. */
export default class ContextBar extends LightningElement {
  @api objectApiName;
  @api home = false;
  appName = app.label;
  launcherOpen = false;
  labels = labels;
  dots = Array.from({ length: 9 }, (_, index) => `slds-r${index + 1}`);

  async connectedCallback() {
    const missing = objects.filter((name) => !labels[name]);
    const told = await Promise.all(missing.map((name) => loadObjectInfo(name).catch(() => undefined)));
    const added = missing.map((name, index) => [name, told[index]?.labelPlural ?? name]);
    this.labels = { ...labels, ...Object.fromEntries(added) };
  }

  get tabs() {
    const homeTab = { label: 'Home', href: '/lightning/page/home', active: this.home };
    const objectTabs = objects.map((name) => ({
      label: this.labels[name] ?? name,
      href: `/lightning/o/${name}/list`,
      active: name === this.objectApiName,
    }));
    return [homeTab, ...objectTabs].map((tab) => ({
      ...tab,
      className: `slds-context-bar__item${tab.active ? ' slds-is-active' : ''}`,
      current: tab.active ? 'page' : undefined,
    }));
  }

  get launcherItems() {
    const { stripeDashboard, mailbox } = session.links ?? {};
    const elsewhere = [
      { label: 'Stripe sandbox', href: stripeDashboard, icon: 'standard:currency', target: '_blank' },
      { label: 'Mailbox', href: mailbox, icon: 'standard:email', target: '_blank' },
    ];
    const tabs = objects.map((name) => ({
      label: this.labels[name] ?? name,
      href: `/lightning/o/${name}/list`,
      icon: iconOf(name),
    }));
    return [...tabs, ...elsewhere.filter(({ href }) => href)];
  }

  get launcherExpanded() {
    return String(this.launcherOpen);
  }

  toggleLauncher() {
    this.launcherOpen = !this.launcherOpen;
  }

  closeLauncher() {
    this.launcherOpen = false;
  }

  handleKey(event) {
    if (event.key !== 'Escape' || !this.launcherOpen) return;
    this.closeLauncher();
    this.refs.launcher.focus();
  }

  handleFocusOut({ relatedTarget }) {
    if (!relatedTarget || !this.template.contains(relatedTarget)) this.closeLauncherLater();
  }

  // A click on a link of the launcher takes the focus away before it is a click.
  closeLauncherLater() {
    setTimeout(() => this.closeLauncher(), 200);
  }
}
