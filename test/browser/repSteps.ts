import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import type Stripe from 'stripe';
import { OrgUser } from '../integration/orgUser.ts';
import type { LocalStart } from './localStart.ts';

export const SCREENSHOTS = join(__dirname, '../screenshots');

/** What a sales rep does on the page of the org, and looks at. */
export interface RepSteps {
  shot(name: string): Promise<unknown>;
  dialog(): Locator;
  button(name: string, within?: Page | Locator): Locator;
  toast(text: string | RegExp): Promise<void>;
  panel(): Locator;
  /** Types into an input that rewrites its text when it gets the focus; `fill` would lose its selection there. */
  type(field: Locator, text: string): Promise<void>;
  /** Raise Invoice with two lines, as far as the new record. Returns the invoice in Stripe. */
  raise(account: string, description: string, onSummary?: () => Promise<unknown>): Promise<Stripe.Invoice>;
  /** That of the record which is open. */
  stripeInvoice(): Promise<Stripe.Invoice>;
  send(): Promise<void>;
  /** The entries of the menu of the panel. */
  offered(): Promise<string[]>;
  choose(label: string): Promise<void>;
  /** Presses the button of the dialog, which says the same as the menu, and waits until it is gone. */
  confirm(label: string): Promise<void>;
  /** The customer: fills in the form of a page of Stripe's in a tab of their own. */
  payByCard(customer: Page, card: string): Promise<void>;
}

export function repSteps(page: Page, local: LocalStart, stripe: Stripe): RepSteps {
  let user: OrgUser | undefined;
  const shot = (name: string) => page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  const dialog = () => page.getByRole('dialog');
  const button = (name: string, within: Page | Locator = page) =>
    within.getByRole('button', { name, exact: true });
  const toast = (text: string | RegExp) =>
    page.locator('.slds-notify_toast', { hasText: text }).first().waitFor();
  const panel = () => page.locator('c-invoice-panel');
  const menu = () => panel().getByRole('button', { name: 'Actions' });

  async function type(field: Locator, text: string): Promise<void> {
    await field.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }

  async function pickProduct(name: string): Promise<void> {
    await dialog()
      .getByRole('combobox', { name: /Product/ })
      .click();
    await dialog()
      .getByRole('option', { name: new RegExp(name) })
      .click();
    await button('Next', dialog()).click();
  }

  async function raise(
    account: string,
    description: string,
    onSummary?: () => Promise<unknown>,
  ): Promise<Stripe.Invoice> {
    await page.goto(`${local.pageUrl}/lightning/o/Account/list`);
    await page.getByRole('link', { name: account }).click();
    await button('Raise Invoice').click();
    await dialog().getByLabel('Description').fill(description);
    await dialog().getByText('Net 30').click();
    await button('Next', dialog()).click();
    await pickProduct('Consulting Hour');
    await type(dialog().getByLabel('Quantity'), '3');
    await button('Next', dialog()).click();
    await button('Create More Items', dialog()).click();
    await pickProduct('Additional User');
    await button('Next', dialog()).click();
    await shot('raise-summary');
    await onSummary?.();
    await button('Create Invoice', dialog()).click();
    await toast(/was created/);
    await page.waitForURL(/\/Invoice__c\//);
    await panel().getByText('Draft', { exact: true }).first().waitFor();
    return stripeInvoice();
  }

  async function stripeInvoice(): Promise<Stripe.Invoice> {
    const crmId = /Invoice__c\/(\w+)/.exec(page.url())![1]!;
    user ??= await OrgUser.login(local.pageUrl, 'Robin Reyes');
    const ofRecord = async () => (await user!.invoice(crmId)).Stripe_Invoice_Id__c as string | null;
    return stripe.invoices.retrieve((await until(ofRecord, Boolean))!);
  }

  async function send(): Promise<void> {
    await button('Send To Customer').click();
    await dialog().getByText('What will happen').waitFor();
    await shot('send-preview');
    await button('Send', dialog()).click();
    await toast(/was sent/);
    await panel().getByText('Open', { exact: true }).first().waitFor();
  }

  async function offered(): Promise<string[]> {
    await menu().click();
    await page.getByRole('menuitem').first().waitFor();
    const labels = await page.getByRole('menuitem').allInnerTexts();
    await shot('actions');
    await page.keyboard.press('Escape');
    return labels;
  }

  async function choose(label: string): Promise<void> {
    await menu().click();
    await page.getByRole('menuitem', { name: label, exact: true }).click();
    await dialog().getByRole('button', { name: label, exact: true }).waitFor();
  }

  async function confirm(label: string): Promise<void> {
    await button(label, dialog()).click();
    await dialog().waitFor({ state: 'detached' });
  }

  async function payByCard(customer: Page, card: string): Promise<void> {
    await customer.getByLabel('Card number').fill(card);
    await customer.getByLabel('Expiration').fill('12 / 34');
    await customer.getByLabel('CVC').fill('123');
    await customer.getByLabel('Name on card').fill('Dana Payer');
    await customer.getByRole('button', { name: /^Pay/ }).click();
  }

  return {
    shot,
    dialog,
    button,
    toast,
    panel,
    type,
    raise,
    stripeInvoice,
    send,
    offered,
    choose,
    confirm,
    payByCard,
  };
}

export const money = (minor: number) =>
  `$${(minor / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;

/** Looks again until it is so; how long that may take is the test's to say. */
export async function until<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look();
    if (found(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
