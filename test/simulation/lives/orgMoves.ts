import { daysFromNow, type OrgRecord, type OrgUser } from '../../integration/orgUser.ts';
import type { LifeWorld } from './lifeWorld.ts';
import type { OrgMove } from './moves.ts';
import { REFUSED } from './stripeMoves.ts';

export interface MoveInOrg {
  crmId: string;
  share: number;
  cents: number;
  /** By how many days the customer's own time is ahead of ours. */
  daysAhead: number;
}

type Doing = (rep: OrgUser, at: MoveInOrg, systems: LifeWorld) => Promise<unknown>;

const TERMS = ['Due on receipt', 'Net 15', 'Net 30', 'Net 60', 'End of month'];

const update = (rep: OrgUser, { crmId }: MoveInOrg, fields: object) =>
  rep.update('Invoice__c', crmId, fields);

/** What people do to the org's own fields. */
export const doInOrg: Record<OrgMove, Doing> = {
  edit: (rep, at) =>
    update(rep, at, {
      Description__c: `In the org ${at.cents}`,
      Due_Date__c: daysFromNow(at.daysAhead + 2 + (at.cents % 90)),
    }),
  discount: (rep, at) =>
    update(rep, at, { Discount_Percent__c: at.share < 0.3 ? null : Math.ceil(at.share * 100) }),
  taxes: (rep, at, { taxRates: { inclusive, exclusive } }) =>
    update(rep, at, {
      Tax_Rate__c: at.share < 0.3 ? null : (at.share < 0.6 ? inclusive : exclusive).crmId,
    }),
  // Terms are counted from our today, of which a customer whose time is ahead knows nothing.
  terms: (rep, at) => {
    if (at.daysAhead > 0) throw REFUSED;
    return update(rep, at, { Payment_Terms__c: TERMS[at.cents % TERMS.length] });
  },
  schedule: (rep, at) =>
    update(rep, at, {
      Finalize_On__c: at.share < 0.2 ? null : daysFromNow(at.daysAhead + 2 + Math.ceil(at.share * 20)),
    }),
  editLine: async (rep, at) =>
    rep.update('Invoice_Line__c', (await chosenLine(rep, at)).Id, { Quantity__c: 1 + (at.cents % 9) }),
  addLine: (rep, { crmId, cents }) =>
    rep.create('Invoice_Line__c', {
      Invoice__c: crmId,
      Description__c: 'Added',
      Unit_Price__c: Math.round(cents / 100),
      Quantity__c: 1,
    }),
  deleteLine: async (rep, at) => rep.delete('Invoice_Line__c', (await chosenLine(rep, at)).Id),
  delete: (rep, { crmId }) => rep.delete('Invoice__c', crmId),
};

async function chosenLine(rep: OrgUser, { crmId, share }: MoveInOrg): Promise<OrgRecord> {
  const lines = await rep.lines(crmId);
  const line = lines[Math.floor(share * lines.length)];
  if (!line) throw REFUSED;
  return line;
}
