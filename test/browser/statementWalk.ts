import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { readPdf } from '../stripePages/pdfContent.ts';
import type { LocalStart } from './localStart.ts';
import type { RepSteps } from './repSteps.ts';

/** The statement of an account whose invoice was paid: made, seen among its files, opened and downloaded. Gives the PDF's text. */
export async function statementWalk(page: Page, local: LocalStart, rep: RepSteps): Promise<string> {
  await page.goto(`${local.pageUrl}/lightning/o/Account/list`);
  await page.getByRole('link', { name: 'Redwood Trail Outfitters' }).click();
  await rep.button('Account Statement').click();
  await rep.dialog().getByText('Last 90 Days').click();
  await rep.shot('statement');
  await rep.button('Create Statement', rep.dialog()).click();
  await rep
    .dialog()
    .getByText(/is stored/)
    .waitFor();
  await page.locator('shell-files-card').getByText('Files (1)').waitFor();
  await rep.shot('statement-stored');
  await rep.button('Open Statement', rep.dialog()).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^Statement [\d-]+ to [\d-]+\.pdf$/);
  return readPdf(readFileSync(await download.path())).text;
}
