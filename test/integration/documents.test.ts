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
