import { html, type Html } from '../html.ts';
import type { StripePagesPort } from '../port.ts';
import type { Page } from '../shell.ts';

const sections = [
  { name: 'Invoices', href: '/dashboard/invoices' },
  { name: 'Customers', href: '/dashboard/customers' },
  { name: 'Products', href: '/dashboard/products' },
  { name: 'Events', href: '/dashboard/events' },
  { name: 'Webhook deliveries', href: '/dashboard/deliveries' },
  { name: 'Mailbox', href: '/mailbox' },
] as const;

export interface DashboardPage {
  section: (typeof sections)[number]['name'];
  title: string;
  /** Refreshed every two seconds while the page is looked at. */
  content: Html;
}

/** The frame of the dashboard and the mailbox: navigation on the left, the section beside it. */
export function dashboardPage(port: StripePagesPort, { section, title, content }: DashboardPage): Page {
  return {
    title: `${title} – ${port.accountName}`,
    styles: ['dashboard', 'tables', 'details'],
    script: 'dashboard',
    body: html`<div class="dashboard">
      <nav aria-label="Dashboard">
        <p class="account">
          <span class="avatar" aria-hidden="true">${port.accountName.slice(0, 1)}</span>
          <span>${port.accountName}<small>Test mode</small></span>
        </p>
        <ul>
          ${sections.map(
            ({ name, href }) =>
              html`<li>
                <a href="${href}" ${name === section && html`aria-current="page"`}>${name}</a>
              </li>`,
          )}
        </ul>
      </nav>
      <main id="live">${content}</main>
    </div>`,
  };
}
