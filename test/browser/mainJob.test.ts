import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import Stripe from 'stripe';
import { launchChromium, patiently, watchProblems } from '../page/chromium.ts';
import { discountAndTax, editDiscount, payThroughLink, settleConflict, taxRate } from './draftWalk.ts';
import { startLocally, type LocalStart } from './localStart.ts';
import { confirmationsOf, copyWalk, moneyWalk } from './moneyWalk.ts';
import { money, repSteps, SCREENSHOTS, until, type RepSteps } from './repSteps.ts';
import { statementWalk } from './statementWalk.ts';

let local: LocalStart;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];
let rep: RepSteps;
let stripe: Stripe;

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  local = await startLocally();
  const { hostname, port } = new URL(local.stripeUrl);
  stripe = new Stripe(local.stripeKey, { host: hostname, port, protocol: 'http' });
  browser = await launchChromium();
  context = patiently(await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: 'en-US' }));
  page = await context.newPage();
  problems = watchProblems(page);
  rep = repSteps(page, local, stripe);
});
afterAll(async () => {
  await browser?.close();
  await local?.stop();
});
// How the page stood when a test ended, above all when it failed.
afterEach(() => rep.shot(`end-of-${expect.getState().currentTestName!.replace(/\W+/g, '-').slice(0, 40)}`));

/** The customer: from the mailbox to the hosted page, in a tab of their own. */
async function openPaymentPage(to: string): Promise<Page> {
  const customer = await context.newPage();
  await customer.goto(`${local.stripeUrl}/mailbox`);
  await customer.locator('tr', { hasText: to }).getByRole('link').first().click();
  await customer.getByRole('link', { name: /Open the invoice/ }).click();
  await customer.getByLabel('Card number').waitFor();
  return customer;
}

test('raise, edit a line, send, pay: a rep sees each status come by itself, and both sides agree to the cent', async () => {
  await page.goto(local.pageUrl);
  await page.getByText('Welcome, Robin').waitFor();
  await rep.shot('home');
  let inStripe = await rep.raise('Redwood Trail Outfitters', 'Autumn storefront rollout');
  expect(inStripe).toMatchObject({ status: 'draft', description: 'Autumn storefront rollout' });
  expect(inStripe.lines.data.map(({ quantity }) => quantity)).toEqual([3, 1]);
  await rep.panel().getByText(money(inStripe.total)).first().waitFor();
  await rep.shot('invoice-draft');

  await rep.button('Edit Draft').click();
  await rep.type(
    page
      .locator('c-invoice-lines')
      .getByLabel(/Quantity/)
      .first(),
    '5',
  );
  await rep.shot('invoice-editing');
  await rep.button('Save', page.locator('c-invoice-lines')).click();
  inStripe = await until(rep.stripeInvoice, (invoice) => invoice.lines.data[0]?.quantity === 5);
  await rep.panel().getByText(money(inStripe.total)).first().waitFor();

  await rep.send();
  inStripe = await rep.stripeInvoice();
  expect(inStripe.status).toBe('open');
  await rep.panel().getByText(inStripe.number!).first().waitFor();
  await rep.panel().getByText(money(inStripe.amount_remaining)).first().waitFor();
  // The picture of the README: without the toasts, which leave by themselves after a while.
  await page.locator('.slds-notify_toast').last().waitFor({ state: 'detached' });
  await rep.shot('invoice-open');

  const customer = await openPaymentPage('billing@redwoodtrail.example');
  await customer.screenshot({ path: join(SCREENSHOTS, 'hosted-page.png') });
  await rep.payByCard(customer, '4242 4242 4242 4242');
  await customer.getByText('Invoice paid').first().waitFor();
  const paidAt = Date.now();
  await customer.close();
  // Without a reload, and far sooner than a sweep would bring it: in less than two seconds on a machine at rest.
  await rep.panel().getByText('Paid', { exact: true }).first().waitFor({ timeout: 30_000 });
  process.stdout.write(`The record shows the payment after ${Date.now() - paidAt} ms.\n`);
  inStripe = await rep.stripeInvoice();
  expect(inStripe).toMatchObject({ status: 'paid', amount_remaining: 0 });
  expect(inStripe.amount_paid).toBe(inStripe.total);
  await rep.panel().getByText('$0.00').first().waitFor();
  await rep.shot('invoice-paid');
  expect(problems).toEqual([]);
});

test('a declined card leaves the invoice open, and the record says why', async () => {
  await rep.raise('Northlight Architecture', 'Site survey');
  await rep.send();
  const customer = await openPaymentPage('finance@northlight-architecture.example');
  await rep.payByCard(customer, '4000 0000 0000 0002');
  await customer
    .getByRole('alert')
    .getByText(/declined/i)
    .waitFor();
  await customer.screenshot({ path: join(SCREENSHOTS, 'hosted-page-declined.png') });
  await customer.close();
  await rep
    .panel()
    .getByText(/declined/i)
    .waitFor();
  await rep.panel().getByText('Open', { exact: true }).first().waitFor();
  expect((await rep.stripeInvoice()).status).toBe('open');
  await rep.shot('invoice-declined');

  // Nobody pays it: written off, and voided after all.
  expect(await rep.offered()).toEqual([
    'Send Again',
    'Remind Customer',
    'Charge Card on File',
    'Record Payment',
    'Create Payment Link',
    'Mark as Paid',
    'Issue Credit Note',
    'Mark as Uncollectible',
    'Void Invoice',
    'Revise Invoice',
    'Duplicate',
  ]);
  await rep.choose('Mark as Uncollectible');
  await rep.confirm('Mark as Uncollectible');
  await rep.toast(/is marked uncollectible/);
  await rep.panel().getByText('Uncollectible', { exact: true }).first().waitFor();
  expect(await rep.offered()).toEqual([
    'Charge Card on File',
    'Mark as Paid',
    'Issue Credit Note',
    'Void Invoice',
    'Revise Invoice',
    'Duplicate',
  ]);
  // Away and back with the keyboard alone: the dialog gives the focus back, and nothing has happened.
  await rep.choose('Charge Card on File');
  await page.keyboard.press('Escape');
  await rep.dialog().waitFor({ state: 'detached' });
  await rep.choose('Charge Card on File');
  await rep.button('Charge Card on File', rep.dialog()).click();
  await rep
    .dialog()
    .getByRole('alert')
    .getByText(/has no card on file\. Send the invoice/)
    .waitFor();
  await rep.shot('action-refused');
  await rep.button('Cancel', rep.dialog()).click();
  await rep.choose('Void Invoice');
  await rep.dialog().getByText('This cannot be undone.').waitFor();
  await rep.shot('action-void');
  await rep.confirm('Void Invoice');
  await rep.toast(/is void\. Nothing is owed/);
  await rep.panel().getByText('Void', { exact: true }).first().waitFor();
  expect(await rep.offered()).toEqual(['Duplicate']);
  expect((await rep.stripeInvoice()).status).toBe('void');
});

test('money from the record: a part, a credit note, the rest by card, a refund, and where credited money goes', async () => {
  const earlier = problems.length;
  const drafted = await rep.raise('Copper Kettle Catering', 'Catering software');
  await rep.send();
  const { id, total, customer } = drafted;
  await moneyWalk({ rep, page, stripe, local }, { id, total });
  expect(await confirmationsOf(local, { id, count: 4 })).toEqual([
    { Type__c: 'Out of Band', Amount__c: 100, Amount_Refunded__c: null, Reference__c: 'RF18 5390 0754' },
    { Type__c: 'Payment', Amount__c: total / 100 - 150, Amount_Refunded__c: 30, Reference__c: null },
    { Type__c: 'Refund', Amount__c: 10, Amount_Refunded__c: null, Reference__c: null },
    { Type__c: 'Refund', Amount__c: 20, Amount_Refunded__c: null, Reference__c: null },
  ]);
  // The credit note's other part is on the customer's balance, for the next invoice.
  expect(await stripe.customers.retrieve(customer as string)).toMatchObject({ balance: -2000 });
  expect(problems.slice(earlier)).toEqual([]);
});

test('a discount and a tax: what the dialogs preview is what both sides come to; a conflict; payment by a link', async () => {
  const earlier = problems.length;
  const walker = { rep, page, stripe, local };
  const rate = await taxRate(walker);
  let previewed = '';
  const inStripe = await rep.raise('Harborview Dental Group', 'Practice software', async () => {
    previewed = await discountAndTax(walker, rate);
  });
  expect(inStripe).toMatchObject({ custom_fields: [{ name: 'PO number', value: '4711' }] });
  expect(previewed).toBe(money(inStripe.total));
  await rep.panel().getByText(previewed).first().waitFor();
  await editDiscount(walker);
  await settleConflict(walker, deliveries);
  await rep.send();
  await page.getByText(/its lines and terms are final in Stripe/).waitFor();
  await payThroughLink(walker, context);
  expect((await rep.stripeInvoice()).status).toBe('paid');
  expect(problems.slice(earlier)).toEqual([]);
});

test('a copy of an invoice, and a revision of the copy that takes its place', async () => {
  await copyWalk({ rep, page, stripe });
});

test('a draft that nobody wants is deleted from its page, on both sides', async () => {
  const { id } = await rep.raise('Northlight Architecture', 'Typed by mistake');
  expect(await rep.offered()).toEqual(['Finalize Without Sending', 'Duplicate', 'Delete Draft']);
  await rep.shot('actions-draft');
  await rep.choose('Delete Draft');
  await rep.confirm('Delete Draft');
  await page.waitForURL(/\/Account\//);
  await expect(stripe.invoices.retrieve(id)).rejects.toMatchObject({ code: 'resource_missing' });
});

test('Sync Invoice after a lost webhook repairs the record and says what changed', async () => {
  await rep.raise('Meridian Freight Partners', 'Route planning');
  await rep.send();
  // After what is under way only a webhook would tell the engine.
  await local.isIdle();
  await deliveries('drop');
  const inStripe = await rep.stripeInvoice();
  await stripe.invoices.pay(inStripe.id, { paid_out_of_band: true });
  await page.waitForTimeout(1_000);
  await rep.panel().getByText('Open', { exact: true }).first().waitFor();
  await deliveries('normal');
  await rep.button('Sync Invoice').click();
  await rep.toast(/Status Open → Paid/);
  await rep.panel().getByText('Paid', { exact: true }).first().waitFor();
  await rep.shot('sync-after-lost-webhook');
  await rep.button('Sync Invoice').click();
  await rep.toast(/Nothing differed/);
});

test('Sync With Stripe makes the customer of an account, and follows an edit of a product', async () => {
  await page.goto(`${local.pageUrl}/lightning/o/Account/list`);
  await page.getByRole('link', { name: 'Harborview Dental Group' }).click();
  await rep.button('Sync With Stripe').click();
  await rep.toast(/Stripe: Customer cus_\w+|Nothing differed/);
  await rep.shot('account-synced');
  await page.goto(`${local.pageUrl}/lightning/o/Product2/list`);
  await page.getByRole('link', { name: 'Consulting Hour' }).click();
  await rep.button('Sync With Stripe').click();
  await rep.toast(/Stripe: Product prod_\w+|Nothing differed/);
  await rep.shot('product-synced');
});

async function deliveries(mode: 'normal' | 'drop'): Promise<void> {
  await fetch(`${local.stripeUrl}/_sandbox/deliveries/mode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode }),
  });
}

test('the statement of an account is made in a dialog, and its file is among those of the account', async () => {
  problems.splice(0);
  const text = await statementWalk(page, local, rep);
  for (const words of [
    'Redwood Trail Outfitters',
    'Payment, Visa •••• 4242',
    'Closing balance',
    'Page 1 of 1',
  ])
    expect(text).toContain(words);
  expect(problems).toEqual([]);
});
