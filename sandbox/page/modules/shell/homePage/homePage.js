import { LightningElement } from 'lwc';
import { session } from 'runtime/session';

const { mailbox, stripeDashboard } = session.links ?? {};

const steps = [
  {
    title: 'Raise an invoice',
    text: 'Open an account and choose Raise Invoice: a due date, a product, a price, and there is a draft on both sides.',
    link: 'Accounts',
    href: '/lightning/o/Account/list',
  },
  {
    title: 'Change the draft',
    text: 'Edit its lines or its description on the invoice. Stripe follows.',
    link: 'Invoices',
    href: '/lightning/o/Invoice__c/list',
  },
  {
    title: 'Send it',
    text: 'Send To Customer finalizes the invoice in Stripe. The mail with the payment link arrives in the mailbox.',
    link: 'Mailbox',
    href: mailbox,
    target: '_blank',
  },
  {
    title: 'Pay it as the customer',
    text:
      'Follow the link in the mail. The card 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined. ' +
      'The invoice here changes by itself; the Stripe sandbox shows the other side.',
    link: 'Stripe sandbox',
    href: stripeDashboard,
    target: '_blank',
  },
];

/** What a person who opens the sandbox for the first time can do, and the newest invoices. */
export default class HomePage extends LightningElement {
  firstName = session.user.name.split(' ')[0];
  steps = steps.map((step, index) => ({ ...step, number: index + 1 }));
  recentFields = ['Name', 'Account__c', 'Payment_State__c', 'Total__c'];
}
