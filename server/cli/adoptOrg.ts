import { orgObjects } from '../../sync/domain/entity.ts';
import { soqlList, SalesforceOrg } from '../../sync/salesforce/connection.ts';
import type { Database } from '../../sync/store/database.ts';
import { adoptOrg, sampleOfRecords, servedOrg } from '../../sync/store/servedOrg.ts';
import { loadConfig } from '../config.ts';
import type { Output } from './output.ts';

const SAMPLE = 200;

/**
 * `invoicebridge adopt-org`: the org that the settings name is the one to be served from now on. 0 when it is served
 * (now, or already), 1 when it is another one and --yes was not given.
 */
export async function adopt(database: Database, output: Output, { yes }: { yes: boolean }): Promise<number> {
  const org = new SalesforceOrg(loadConfig().salesforce);
  const found = await org.identify();
  const served = await servedOrg(database);
  if (served === found) {
    output.emit({ kind: 'adopted', orgId: found, changed: false });
    output.say(`The org ${found} is the one that is served already.`);
    return 0;
  }
  const known = await countKnown(database, org);
  output.emit({ kind: 'otherOrg', served, found, ...known });
  output.say(
    served ? `Served so far: ${served}. Found now: ${found}.` : `No org is served yet. Found: ${found}.`,
  );
  if (known.asked > 0) {
    const words = `${known.there} of the ${known.asked} records asked for that are in sync with Stripe are in this org.`;
    output.say(known.there === known.asked ? words : output.paint('bad', words));
  }
  if (known.there < known.asked) {
    output.say(
      'The others would count as deleted. If these are other records, do not adopt the org: begin with an empty database and, for a test org, with another Stripe account or its test mode.',
    );
  }
  if (!yes) {
    output.say('Nothing was changed. To serve this org from now on: invoicebridge adopt-org --yes');
    return 1;
  }
  await adoptOrg(database, found);
  output.emit({ kind: 'adopted', orgId: found, changed: true });
  output.say(`${found} is served from now on; workers go on within seconds. What is left to do:`);
  output.say(`  1. npm run token -- --org ${found}, and put it into the External Credential of the org`);
  output.say('  2. invoicebridge doctor');
  output.say('  3. invoicebridge audit, and with --heal what it finds');
  return 0;
}

/** How many of the newest paired records are in the org that the settings name. */
async function countKnown(database: Database, org: SalesforceOrg): Promise<{ asked: number; there: number }> {
  let asked = 0;
  let there = 0;
  for (const entity of ['customer', 'invoice'] as const) {
    const ids = await sampleOfRecords(database, entity, SAMPLE);
    if (ids.length === 0) continue;
    const rows = await org.query<{ Id: string }>(
      `SELECT Id FROM ${orgObjects[entity]} WHERE Id IN ${soqlList(ids)}`,
    );
    asked += ids.length;
    there += rows.length;
  }
  return { asked, there };
}
