import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { openEngine, openLog } from '../../server/wiring.ts';
import { storeDocuments } from '../../sync/documents/storeDocuments.ts';
import { readStatus } from '../../sync/store/queueStatus.ts';
import { downloadFromStripe } from '../../sync/stripe/download.ts';
import { actOn } from './actOn.ts';
import { jobSteps, withoutFaults, type JobSteps } from './jobSteps.ts';
import { GOOD_CARD, payOnHostedPage } from './payingPerson.ts';
import { eventually, startWorld, type World } from './world.ts';

let world: World;
let steps: JobSteps;

beforeAll(async () => {
  world = await startWorld({ environment: { STORE_DOCUMENTS: 'pdf,receipt' } });
  steps = await jobSteps(world);
});
afterEach(() => withoutFaults(world));
afterAll(() => world?.stop());

interface File {
  Id: string;
  Title: string;
  PathOnClient: string;
  VersionNumber: string;
  IsLatest: boolean;
  ContentDocumentId: string;
}

test('the PDF of an invoice becomes a file of its record, and a new version of it when it is paid', async () => {
  const crmId = await steps.raiseAndSend();
  const { number, id } = await steps.stripeInvoice(crmId);
  const [first] = await filesOf(crmId, 1);
  expect(first).toMatchObject({
    Title: `Invoice ${number}`,
    PathOnClient: `Invoice ${number}.pdf`,
    VersionNumber: '1',
  });
  expect((await bytesOf(first!)).subarray(0, 5).toString()).toBe('%PDF-');
  // Another sync of what has not changed stores nothing.
  await world.rep.sync(crmId);
  await world.stripe.invoices.pay(id, { paid_out_of_band: true });
  const files = await filesOf(crmId, 2);
  expect(files.map(({ VersionNumber, IsLatest }) => [VersionNumber, IsLatest])).toEqual([
    ['1', false],
    ['2', true],
  ]);
  expect(new Set(files.map(({ ContentDocumentId }) => ContentDocumentId)).size).toBe(1);
});

test('an answer of the org that is lost, and a worker that ends, store it once', async () => {
  const crmId = await steps.raiseAndSync();
  await world.control('org', 'POST', '/faults', {
    match: { method: 'POST', path: '/sobjects/ContentVersion$' },
    kind: 'resetAfter',
    times: 2,
  });
  await actOn(world, { action: 'finalize', crmId });
  await world.stopWorker();
  await world.startWorker();
  await filesOf(crmId, 1);
  await eventually(async () => {
    const { rows } = await world.database.pool.query(
      'SELECT FROM document WHERE crm_id = $1 AND stored = wanted',
      [crmId],
    );
    return rows.length > 0;
  }, 'the engine knows that it is stored');
  expect(await filesOf(crmId, 1)).toHaveLength(1);
});

test('a file that somebody has deleted stays deleted, until the document changes: then it is a new file', async () => {
  const crmId = await steps.raiseAndSend();
  const [file] = await filesOf(crmId, 1);
  await world.admin.delete('ContentDocument', file!.ContentDocumentId);
  await world.rep.sync(crmId);
  const { id } = await steps.stripeInvoice(crmId);
  await world.stripe.invoices.voidInvoice(id);
  const made = await eventually(async () => {
    const files = await filesOf(crmId);
    return files.find(({ ContentDocumentId }) => ContentDocumentId !== file!.ContentDocumentId);
  }, 'there is a file again');
  expect(made).toMatchObject({ VersionNumber: '1' });
});

test('the receipt of a payment becomes a file of the payment', async () => {
  const crmId = await steps.raiseAndSend();
  const { hosted_invoice_url } = await steps.stripeInvoice(crmId);
  await payOnHostedPage(hosted_invoice_url!, GOOD_CARD);
  await steps.becomes(crmId, 'Paid');
  const [payment] = await eventually(async () => {
    const rows = await world.rep.query(
      `SELECT Id FROM Payment_Confirmation__c WHERE Invoice__c = '${crmId}'`,
    );
    return rows.length > 0 ? rows : undefined;
  }, 'the payment is in the org');
  const [file] = await filesOf(payment!.Id, 1);
  expect(file!.Title).toMatch(/^Receipt (pi|ch|py)_/);
});

test('a document that is too large for the org is told of, is not asked for again, and holds nothing up', async () => {
  const crmId = await steps.raiseAndSend();
  const invoice = await steps.stripeInvoice(crmId);
  await filesOf(crmId, 1);
  await world.stopWorker();
  const piece = Buffer.alloc(1024 * 1024);
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    Readable.from(Array.from({ length: 36 }, () => piece)).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const large = { ...invoice, invoice_pdf: `http://${host}/large.pdf` };
  await world.control('stripe', 'POST', '/faults', {
    match: { method: 'GET', path: `/invoices/${invoice.id}$` },
    kind: 'status',
    status: 200,
    body: large,
  });
  const { pool } = world.database;
  await pool.query("UPDATE document SET wanted = 'another one' WHERE crm_id = $1", [crmId]);
  const { engine, close } = await openEngine(world.config, openLog(world.config, 'test'));
  const settings = { ...engine.settings, documents: { kinds: ['pdf' as const], alsoFrom: host } };
  expect(await storeDocuments({ ...engine, settings })).toBe(1);
  await pool.query('UPDATE document SET next_attempt_at = now()');
  expect(await storeDocuments({ ...engine, settings })).toBe(0);
  expect(asked).toBe(1);
  const [told] = (await readStatus(world.database)).documents;
  expect(told).toMatchObject({ document: 'pdf', crmId, triedAgain: false });
  expect(told!.error).toMatch(
    /larger than 35 MB, .* stays in Stripe, and is not asked for again until it changes/,
  );
  await close();
  server.close();
  await world.control('stripe', 'DELETE', '/faults');
  await world.startWorker();

  // It changes: then it is asked for again, and the record was never held up.
  await world.stripe.invoices.voidInvoice(invoice.id);
  await filesOf(crmId, 2);
  expect((await steps.becomes(crmId, 'Void')).Sync_Status__c).toBe('Synced');
  expect((await readStatus(world.database)).documents).toEqual([]);
});

test('nothing is asked of a host that is not one of Stripe, also where an answer leads there', async () => {
  const alsoFrom = new URL(world.stripeUrl).host;
  await expect(downloadFromStripe('https://stripe.com.example.org/x.pdf', { alsoFrom })).rejects.toThrow(
    /none of its own hosts/,
  );
  await expect(downloadFromStripe(`${world.stripeUrl}/x.pdf`, { alsoFrom: null })).rejects.toThrow(
    /none of its own hosts/,
  );
  await expect(downloadFromStripe(`${world.stripeUrl}/pdf/no/such`, { alsoFrom })).rejects.toThrow(
    /Stripe answered 404 instead of the document/,
  );
});

/** All versions of the files of a record, oldest first; waits until there are so many. */
async function filesOf(recordId: string, atLeast = 0): Promise<File[]> {
  return eventually(async () => {
    const links = await world.admin.query<{ ContentDocumentId: string }>(
      `SELECT ContentDocumentId FROM ContentDocumentLink WHERE LinkedEntityId = '${recordId}'`,
    );
    if (links.length === 0) return atLeast === 0 ? [] : undefined;
    const ids = links.map(({ ContentDocumentId }) => `'${ContentDocumentId}'`).join(', ');
    const files = await world.admin.query<File>(
      'SELECT Id, Title, PathOnClient, VersionNumber, IsLatest, ContentDocumentId FROM ContentVersion ' +
        `WHERE ContentDocumentId IN (${ids}) ORDER BY Id`,
    );
    return files.length >= atLeast ? files : undefined;
  }, `${recordId} has ${atLeast} files`);
}

async function bytesOf({ Id }: File): Promise<Buffer> {
  const { accessToken } = await world.worker!.engine.org.session();
  const address = `${world.orgUrl}/services/data/v67.0/sobjects/ContentVersion/${Id}/VersionData`;
  const answer = await fetch(address, { headers: { authorization: `Bearer ${accessToken}` } });
  return Buffer.from(await answer.arrayBuffer());
}
