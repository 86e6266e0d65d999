import type { Locator, Page } from 'playwright-core';
import type Stripe from 'stripe';
import { OrgUser } from '../integration/orgUser.ts';
import type { LocalStart } from './localStart.ts';
import { money, until, type RepSteps } from './repSteps.ts';

interface Walker {
  rep: RepSteps;
  page: Page;
  stripe: Stripe;
  local: LocalStart;
}

/** Record Payment, Issue Credit Note and Refund on the record of a sent invoice that is open on the page. */
export async function moneyWalk(
  { rep, page, stripe, local }: Walker,
  { id, total }: { id: string; total: number },
): Promise<void> {
  const { dialog } = rep;
  const read = () => stripe.invoices.retrieve(id);
  const amount = () => dialog().getByLabel('Amount (USD)');
  const alert = (words: string | RegExp) => dialog().getByRole('alert').getByText(words).waitFor();

  await rep.choose('Record Payment');
  expect(Number(await amount().inputValue().then(plain))).toBe(total / 100);
  await dialog().getByText('The invoice is paid with it.').waitFor();
  await rep.shot('record-payment');
  await rep.type(amount(), '100');
  await dialog().getByText('This is a part of what is owed.').waitFor();
  await dialog()
    .getByText(money(total - 10_000))
    .waitFor();
  await rep.type(dayOf(dialog()), 'Jan 1, 2099');
  await rep.button('Record Payment', dialog()).click();
  await dialog().getByText('The day is still to come.').waitFor();
  await rep.shot('record-payment-refused');
  await rep.type(dayOf(dialog()), 'Nov 2, 2026');
  await dialog().getByLabel('Reference').fill('RF18 5390 0754');
  await rep.confirm('Record Payment');
  await rep.toast(/100\.00 USD are recorded/);
  await rep.panel().getByText('Partially Paid').waitFor();
  expect(await read()).toMatchObject({ status: 'open', amount_paid: 10_000 });

  await rep.choose('Issue Credit Note');
  await dialog().getByText('Lines', { exact: true }).click();
  await rep.type(dialog().getByLabel('Credit: Consulting Hour'), '1');
  await rep.shot('credit-lines');
  await dialog().getByText('An Amount').click();
  await rep.type(amount(), '50');
  await rep.confirm('Issue Credit Note');
  await rep.toast(/Credit note \S+ over 50\.00 USD/);
  expect(await read()).toMatchObject({ status: 'open', amount_remaining: total - 15_000 });

  await stripe.invoices.pay(id, { payment_method: 'pm_card_visa' });
  await rep.panel().getByText('Paid', { exact: true }).first().waitFor();
  // Payment and invoice come to the org each on its own.
  await confirmationsOf(local, { id, count: 2 });
  await rep.choose('Refund');
  await dialog()
    .getByText(/Visa •••• 4242: .* left of/)
    .waitFor();
  await rep.type(amount(), '20');
  await rep.shot('refund');
  await rep.confirm('Refund');
  await rep.toast(/20\.00 USD of \S+ go back to the customer/);
  await rep.panel().getByText('Partially Refunded').waitFor();

  await rep.choose('Issue Credit Note');
  await rep.type(amount(), '30');
  const part = (name: string) => dialog().getByLabel(`${name} (USD)`);
  await rep.type(part('Refund to the card'), '10');
  await rep.button('Issue Credit Note', dialog()).click();
  await alert('Together these have to be 30.00 USD.');
  await rep.shot('credit-differs');
  await rep.type(part("To the customer's balance"), '20');
  await rep.shot('credit-paid');
  await rep.confirm('Issue Credit Note');
  await rep.toast(/10\.00 USD go back to the customer, 20\.00 USD are on the customer's balance/);
  expect((await stripe.creditNotes.list({ invoice: id })).data.map((note) => note.total)).toEqual([
    3000, 5000,
  ]);
  await page.reload();
  await rep.panel().getByText('Partially Refunded').waitFor();
}

/** Duplicate and Revise on the record that is open on the page: both go to the new record. */
export async function copyWalk({ rep, page, stripe }: Omit<Walker, 'local'>): Promise<void> {
  const original = await rep.stripeInvoice();
  const there = page.url();
  await rep.choose('Duplicate');
  await rep.confirm('Duplicate');
  await page.waitForURL((url) => url.href !== there);
  await rep.panel().getByText('Draft', { exact: true }).first().waitFor();
  const copy = await rep.stripeInvoice();
  expect(copy).toMatchObject({ status: 'draft', total: original.total, customer: original.customer });
  expect(copy.id).not.toBe(original.id);
  await rep.send();

  const revised = page.url();
  await rep.choose('Revise Invoice');
  await rep.confirm('Revise Invoice');
  await page.waitForURL((url) => url.href !== revised);
  await rep.panel().getByText('Draft', { exact: true }).first().waitFor();
  const revision = await rep.stripeInvoice();
  expect(revision.from_invoice).toEqual({ action: 'revision', invoice: copy.id });
  await rep.send();
  expect(await stripe.invoices.retrieve(copy.id)).toMatchObject({
    status: 'void',
    latest_revision: revision.id,
  });
  await page.goto(revised);
  await rep.panel().getByText('Void', { exact: true }).first().waitFor();
  await rep.panel().getByText('This invoice was revised: see').waitFor();
  await rep.shot('revised');
  await rep
    .panel()
    .getByRole('link', { name: (await stripe.invoices.retrieve(revision.id)).number! })
    .click();
  await rep.panel().getByText('Revises', { exact: false }).waitFor();
  expect((await rep.stripeInvoice()).id).toBe(revision.id);
}

/** Payments and refunds of an invoice as the org has them, by kind and amount, once there are so many. */
export async function confirmationsOf(
  local: LocalStart,
  { id, count }: { id: string; count: number },
): Promise<object[]> {
  const admin = await OrgUser.login(local.pageUrl, 'Ada Admin');
  const look = () =>
    admin.query<{ attributes?: unknown }>(
      'SELECT Type__c, Amount__c, Amount_Refunded__c, Reference__c FROM Payment_Confirmation__c ' +
        `WHERE Invoice__r.Stripe_Invoice_Id__c = '${id}' ORDER BY Type__c, Amount__c`,
    );
  const found = await until(look, (rows) => rows.length === count);
  return found.map(({ attributes: _, ...fields }) => fields);
}

const dayOf = (dialog: Locator) => dialog.getByRole('textbox', { name: 'Day of Payment' });

const plain = (text: string) => text.replaceAll(',', '');
