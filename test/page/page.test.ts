import type { Browser, Locator, Page } from 'playwright-core';
import { ensurePage } from '../../sandbox/page/build.ts';
import { startOrg, type StartedOrg } from '../../sandbox/salesforce/start.ts';
import { launchChromium, patiently, watchProblems } from './chromium.ts';

// A build of the base components, should there be none, takes half a minute by itself.
jest.setTimeout(180_000);

let org: StartedOrg;
let browser: Browser;
let page: Page;
let problems: string[];

beforeAll(async () => {
  const { dir } = await ensurePage();
  org = await startOrg({
    port: 0,
    dataFile: ':memory:',
    apps: [],
    namedCredential: { url: 'http://127.0.0.1:9', token: 'none' },
    links: { stripeDashboard: 'http://127.0.0.1:9/dashboard', mailbox: 'http://127.0.0.1:9/mailbox' },
    pageDir: dir,
  });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
  await org?.close();
});

beforeEach(async () => {
  const context = patiently(await browser.newContext({ viewport: { width: 1366, height: 900 } }));
  page = await context.newPage();
  problems = watchProblems(page);
  await page.goto(org.url);
  await page.getByRole('heading', { name: /^Welcome/ }).waitFor();
});

afterEach(() => page.context().close());

const dialog = () => page.getByRole('dialog');
/** The title of the page; a toast that names the record is a heading too. */
const title = (text: RegExp | string) => page.getByRole('heading', { name: text, level: 1 });

async function openAccount(name: string): Promise<void> {
  await page.getByRole('link', { name: 'Accounts', exact: true }).first().click();
  await page.getByRole('link', { name, exact: true }).click();
  await title(new RegExp(name)).waitFor();
  await page.getByRole('button', { name: 'Raise Invoice' }).waitFor();
}

/** A call to the org by somebody else: an administrator with a session of her own. */
async function callOrg(method: string, path: string, body?: unknown): Promise<{ id?: string }> {
  const headers = { 'content-type': 'application/json', cookie: await adminCookie() };
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${org.url}/services/data/v67.0${path}`, { method, headers, ...json });
  if (!response.ok) throw new Error(await response.text());
  return response.status === 204 ? {} : ((await response.json()) as { id?: string });
}

async function adminCookie(): Promise<string> {
  const { users } = (await (await fetch(`${org.url}/sandbox/session`)).json()) as {
    users: { id: string; name: string }[];
  };
  const response = await fetch(`${org.url}/sandbox/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userId: users.find(({ name }) => name === 'Ada Admin')!.id }),
  });
  return response.headers.getSetCookie()[0]!.split(';')[0]!;
}

/** Types into a combobox as a person does; it opens its list on a click. */
async function search(combobox: Locator, text: string): Promise<void> {
  await combobox.click();
  await combobox.pressSequentially(text);
}

const idInAddress = () => page.url().split('/').at(-2)!;

describe('the page of the org', () => {
  test('says that it is a sandbox, and leads to the Stripe side and the mailbox', async () => {
    const banner = page.getByRole('note');
    await expect(banner.innerText()).resolves.toContain('not Salesforce and not Stripe');
    for (const name of ['Stripe sandbox', 'Mailbox']) {
      expect(await banner.getByRole('link', { name }).getAttribute('target')).toBe('_blank');
    }
    expect(problems).toEqual([]);
  });

  test('goes through lists and records without loading a document and without a word in the console', async () => {
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
    await openAccount('Copper Kettle Catering');
    await page.getByRole('link', { name: 'Dana Okafor' }).click();
    await title(/Dana Okafor/).waitFor();
    for (const tab of ['Invoices', 'Products', 'Payments', 'Home']) {
      await page.getByRole('link', { name: tab, exact: true }).first().click();
      await page.locator(`a[aria-current=page]`, { hasText: tab }).waitFor();
    }
    await page.goBack();
    await title(/All Payment/).waitFor();
    expect(await page.evaluate(() => 'sameDocument' in globalThis)).toBe(true);
    expect(problems).toEqual([]);
  });

  test('sorts and searches a list', async () => {
    await page.goto(`${org.url}/lightning/o/Account/list`);
    const names = page.locator('tbody th a');
    await names.first().waitFor();
    const count = await names.count();
    expect(await page.locator('.slds-page-header__meta-text').innerText()).toBe(
      `${count} items • Sorted by Account Name`,
    );
    await page.getByPlaceholder('Search this list...').fill('seattle');
    await page.getByText('1 item •').waitFor();
    expect(await names.allInnerTexts()).toEqual(['Harborview Dental Group']);
    await page.getByPlaceholder('Search this list...').fill('nowhere at all');
    await page.getByText('No items match your search').waitFor();
    expect(problems).toEqual([]);
  });

  test('has every list view of the metadata', async () => {
    await page.goto(`${org.url}/lightning/o/Invoice__c/list`);
    await page.getByRole('button', { name: 'Select a List View' }).click();
    await page.getByRole('menuitemcheckbox').first().waitFor();
    const views = await page.getByRole('menuitemcheckbox').allInnerTexts();
    expect(views.length).toBeGreaterThan(1);
    await page.keyboard.press('Escape');
    for (const view of views) {
      await page.getByRole('button', { name: 'Select a List View' }).click();
      await page.getByRole('menuitemcheckbox', { name: view, exact: true }).click();
      await title(view).waitFor();
      await page.getByText(/^\d+ items?/).waitFor();
    }
    expect(problems).toEqual([]);
  });

  test('shows times in the time zone of the browser', async () => {
    const context = patiently(await browser.newContext({ timezoneId: 'Asia/Tokyo' }));
    page = await context.newPage();
    await page.goto(org.url);
    await openAccount('Redwood Trail Outfitters');
    await callOrg('PATCH', `/sobjects/Account/${idInAddress()}`, {
      Last_Synced_At__c: '2026-01-15T12:00:00Z',
    });
    await page.getByText('1/15/2026, 9:00 PM').waitFor();
  });

  test('finds records by parts of their names', async () => {
    await search(page.getByRole('combobox', { name: 'Search' }), 'copper');
    await page.getByRole('option', { name: /Copper Kettle Catering/ }).click();
    await title(/Copper Kettle Catering/).waitFor();
    expect(problems).toEqual([]);
  });

  test('opens an action in a dialog that keeps the focus, gives it back and closes on Escape', async () => {
    await openAccount('Copper Kettle Catering');
    await page.getByRole('button', { name: 'Raise Invoice' }).click();
    await dialog().getByLabel('Description').waitFor();
    for (let step = 0; step < 20; step += 1) {
      await page.keyboard.press('Tab');
      expect(await page.locator('[role=dialog] :focus').count()).toBe(1);
    }
    // Escape belongs to what is open inside the dialog first.
    await dialog()
      .getByRole('textbox', { name: /Due Date/ })
      .click();
    await page.keyboard.press('Escape');
    expect(await dialog().count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await page.locator(':focus').first().innerText()).toBe('Raise Invoice');
    expect(problems).toEqual([]);
  });

  test('saves a field at its pencil, and shows what the org refuses at the field', async () => {
    await openAccount('Harborview Dental Group');
    await page.getByRole('button', { name: 'Edit Billing Email' }).click();
    await page.getByLabel('Billing Email').fill('front.desk@harborview.example');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Account "Harborview Dental Group" was saved.').waitFor();
    await page.getByRole('link', { name: 'front.desk@harborview.example' }).waitFor();
    expect(problems).toEqual([]);

    // An address that browsers take and the org does not.
    await page.getByRole('button', { name: 'Edit Billing Email' }).click();
    await page.getByLabel('Billing Email').fill('front.desk@harborview');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Review the errors on the fields.').waitFor();
    await page.getByText(/invalid email/i).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'front.desk@harborview.example' }).waitFor();
  });

  test('offers only what the user may change', async () => {
    await openAccount('Harborview Dental Group');
    const { id } = await callOrg('POST', '/sobjects/Invoice__c', {
      Account__c: idInAddress(),
      Description__c: 'Check-ups',
    });
    await page.goto(`${org.url}/lightning/r/${id}/view`);
    await page.getByRole('button', { name: 'Edit Due Date' }).waitFor();
    const pencil = (field: string) => page.getByRole('button', { name: `Edit ${field}`, exact: true });
    for (const field of ['Status', 'Total', 'Payment State', 'Stripe Invoice ID']) {
      expect(await pencil(field).count()).toBe(0);
    }
    // It has not reached Stripe, where the customer of an invoice is for ever.
    expect(await pencil('Account').count()).toBe(1);
    const line = await callOrg('POST', '/sobjects/Invoice_Line__c', {
      Invoice__c: id,
      Description__c: 'Visit',
    });

    // Without a reload, what is final loses its pencils, and nothing else does.
    await callOrg('PATCH', `/sobjects/Invoice__c/${id}`, {
      Status__c: 'Open',
      Stripe_Invoice_Id__c: 'in_page',
    });
    await page.getByRole('heading', { name: 'Terms (Final in Stripe)' }).waitFor();
    await page.getByText('Check-ups').first().waitFor();
    expect(await page.getByRole('button', { name: /^Edit / }).count()).toBe(1);
    await pencil('No Reminders').waitFor();
    await page.goto(`${org.url}/lightning/r/${line.id}/view`);
    await page.getByRole('heading', { name: 'What Is Billed (Final in Stripe)' }).waitFor();
    expect(await page.getByRole('button', { name: /^Edit / }).count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test('shows what others change, on the record and in its lists, without being asked', async () => {
    await openAccount('Northlight Architecture');
    const account = idInAddress();
    await callOrg('PATCH', `/sobjects/Account/${account}`, {
      Phone: '(555) 010-9999',
      Sync_Status__c: 'Error',
      Sync_Error__c: 'The e-mail address is missing.',
    });
    await page.getByRole('alert').getByText('The e-mail address is missing.').waitFor();
    await page.getByRole('link', { name: '(555) 010-9999' }).first().waitFor();
    await page.getByRole('heading', { name: 'Invoices (0)' }).waitFor();
    const { id } = await callOrg('POST', '/sobjects/Invoice__c', { Account__c: account });
    await page.getByRole('heading', { name: 'Invoices (1)' }).waitFor();
    await callOrg('DELETE', `/sobjects/Invoice__c/${id}`);
    await page.getByRole('heading', { name: 'Invoices (0)' }).waitFor();
    await callOrg('DELETE', `/sobjects/Account/${account}`);
    await page.getByRole('heading', { name: 'Record not found' }).waitFor();
    expect(problems).toEqual([]);
  });

  test('keeps what is being typed when the record changes meanwhile', async () => {
    await openAccount('Paper Lantern Books');
    await page.getByRole('button', { name: 'Edit Account Phone' }).click();
    await page.getByLabel('Account Phone').fill('(802) 555-0000');
    await callOrg('PATCH', `/sobjects/Account/${idInAddress()}`, { Website: 'https://lantern.example' });
    await page.getByRole('link', { name: 'https://lantern.example' }).first().waitFor();
    expect(await page.getByLabel('Account Phone').inputValue()).toBe('(802) 555-0000');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: '(802) 555-0000' }).first().waitFor();
    expect(problems).toEqual([]);
  });

  test('creates an account with the fields of its layout', async () => {
    await page.goto(`${org.url}/lightning/o/Account/list`);
    await page.getByRole('button', { name: 'New', exact: true }).click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().getByText('Complete this field.').waitFor();
    await dialog().getByLabel('Account Name').fill('Lighthouse Bakery');
    await dialog().getByLabel('City').first().fill('Dover');
    await dialog().getByRole('button', { name: 'Save' }).click();
    await title(/Lighthouse Bakery/).waitFor();
    await page.getByText('Dover').first().waitFor();
    expect(problems).toEqual([]);
  });

  test('works as another user, who sees what that user may see', async () => {
    await page.getByRole('button', { name: /View profile/ }).click();
    await page.getByRole('menuitemcheckbox', { name: /Nina New/ }).click();
    await page.getByRole('heading', { name: 'Welcome, Nina' }).waitFor();
    await page.getByText('You do not have access to this.').waitFor();
  });

  test('says so when an address or a record leads nowhere', async () => {
    await page.goto(`${org.url}/lightning/setup/SetupOneHome/home`);
    await page.getByRole('heading', { name: 'Page not found' }).waitFor();
    await page.goto(`${org.url}/lightning/r/Account/001SB000000ZZZZYAQ/view`);
    await page.getByRole('heading', { name: 'Record not found' }).waitFor();
  });

  test('says that the org cannot be reached, keeps what it shows, and goes on when it is back', async () => {
    await page.goto(`${org.url}/lightning/o/Account/list`);
    await page.locator('tbody th a').first().waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').getByText('The org cannot be reached').waitFor();
    expect(await page.locator('tbody th a').count()).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });
});
