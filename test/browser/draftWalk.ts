import type { BrowserContext, Locator, Page } from 'playwright-core';
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

/** The name of a tax rate that Stripe has from the start, once it can be chosen in the org. */
export async function taxRate({ local }: Pick<Walker, 'local'>): Promise<string> {
  const rep = await OrgUser.login(local.pageUrl, 'Robin Reyes');
  const named = () => rep.query<{ Name: string }>('SELECT Name FROM Tax_Rate__c WHERE Inclusive__c = FALSE');
  const [found] = await until(named, (rows) => rows.length > 0);
  return found!.Name;
}

/** On the summary of Raise Invoice: a percentage, the tax rate and a custom field. Answers the total that is previewed. */
export async function discountAndTax({ rep }: Walker, rate: string): Promise<string> {
  const dialog = rep.dialog();
  await rep.button('Discount and Tax', dialog).click();
  await dialog.getByText('Percent', { exact: true }).click();
  await rep.type(dialog.getByLabel('Discount (%)'), '12.5');
  await dialog.getByRole('combobox', { name: 'Tax Rate' }).click();
  await dialog.getByRole('option', { name: rate }).click();
  await dialog.getByText('Discount (12.5%)').waitFor();
  await dialog.locator('[data-id=total]').scrollIntoViewIfNeeded();
  await rep.shot('raise-discount-and-tax');
  await rep.button('Footer and Custom Fields', dialog).click();
  await rep.button('Add Field', dialog).click();
  await dialog.getByLabel('Name 1').fill('PO number');
  await dialog.getByLabel('Value 1').fill('4711');
  return total(dialog);
}

/** Edit Draft on the record that is open: another discount, whose preview is what Stripe then says. */
export async function editDiscount({ rep, page }: Walker): Promise<void> {
  const card = page.locator('c-invoice-lines');
  await rep.button('Edit Draft').click();
  await card.getByRole('button', { name: /^Discount and Tax: 12.5%, Sales Tax 8.25%/ }).click();
  await card.getByText('An Amount', { exact: true }).click();
  await rep.type(card.getByLabel('Amount (USD)'), '999999');
  await rep.button('Save', card).click();
  await card.getByText(/At most [\d,.]+ USD/).waitFor();
  await rep.shot('edit-draft-refused');
  await rep.type(card.getByLabel('Amount (USD)'), '33.33');
  const previewed = await total(card);
  await rep.button('Save', card).click();
  const { total: inStripe } = await until(rep.stripeInvoice, ({ total_discount_amounts: off }) =>
    Boolean(off?.some(({ amount }) => amount === 3333)),
  );
  expect(previewed).toBe(money(inStripe));
  await rep.panel().getByText(previewed).first().waitFor();
}

/** Of an open invoice: made by the menu, copied by its button, paid on its page. */
export async function payThroughLink({ rep, page }: Walker, context: BrowserContext): Promise<void> {
  await rep.choose('Create Payment Link');
  await rep.confirm('Create Payment Link');
  await rep.panel().getByText('Pending Payment').waitFor();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await rep.button('Copy Link URL', rep.panel()).click();
  await rep.toast('Link copied');
  await rep.shot('payment-link');
  const customer = await context.newPage();
  await customer.goto(await page.evaluate<string>('navigator.clipboard.readText()'));
  await customer.getByLabel('Email').fill('dana@harborview.example');
  await rep.payByCard(customer, '4242 4242 4242 4242');
  await rep.panel().getByText('Paid', { exact: true }).first().waitFor();
  await rep.panel().locator('[data-id=payment-link]').getByText('Paid', { exact: true }).waitFor();
  await customer.close();
  await rep.shot('payment-link-paid');
}

/** Finance and the rep have changed one description, and no webhook told of it: the rep takes finance's after all. */
export async function settleConflict(
  { rep, page, stripe }: Walker,
  deliveries: (mode: 'normal' | 'drop') => Promise<void>,
): Promise<void> {
  const card = page.locator('c-invoice-lines');
  await deliveries('drop');
  const { id } = await rep.stripeInvoice();
  await stripe.invoices.update(id, { description: 'By finance' });
  await rep.button('Edit Draft').click();
  await card.getByLabel('Description', { exact: false }).first().fill('By the rep');
  await rep.button('Save', card).click();
  const choices = rep.panel().locator('c-conflict-choices');
  await choices.getByText(/By finance/).waitFor();
  await deliveries('normal');
  expect((await stripe.invoices.retrieve(id)).description).toBe('By the rep');
  await rep.shot('conflict');
  await rep.button('Use other value', choices).click();
  await until(
    () => stripe.invoices.retrieve(id),
    ({ description }) => description === 'By finance',
  );
  await choices.waitFor({ state: 'detached' });
  await rep.shot('conflict-settled');
}

const total = (within: Locator) => within.locator('c-invoice-totals [data-id=total]').innerText();
