import fc from 'fast-check';
import { readCustomFields } from '../../sync/domain/customFields.ts';
import { daysFromNow } from '../integration/orgUser.ts';
import { ControllerOrg, type Line } from './controllerOrg.ts';

const here = new ControllerOrg();

beforeAll(() => here.start());
afterAll(() => here.close());

beforeEach(() => {
  here.middleware.calls.length = 0;
  here.middleware.says(200, '{}');
});

describe('the draft', () => {
  it('is saved in one go: changed, new and removed lines, description and due date', async () => {
    const lines = [1, 2].map((quantity) => ({ productId: here.product.productId, unitPrice: 10, quantity }));
    const { invoiceId } = await here.create({ lines });
    const [kept, removed] = (await here.draftOf(invoiceId)).lines as [Line, Line];
    const saved = await here.save(invoiceId, {
      lines: [
        { lineId: null, description: 'Travel', unitPrice: 19.99, quantity: 1.5 },
        { ...kept, quantity: 4 },
      ],
      deletedLineIds: [removed.lineId],
    });
    expect(saved).toMatchObject({
      description: 'Services in June',
      dueDate: daysFromNow(14),
      editable: true,
    });
    expect(saved.lines).toEqual([
      expect.objectContaining({ productId: null, description: 'Travel', amount: 29.99 }),
      expect.objectContaining({ lineId: kept.lineId, quantity: 4, amount: 40 }),
    ]);
    expect(saved).toEqual(await here.draftOf(invoiceId));
  });

  it('keeps what it says beside its lines, as the engine reads it, unless other options come', async () => {
    const { invoiceId } = await here.create();
    const { lines } = await here.draftOf(invoiceId);
    const texts = fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.replace(/\s+/g, ' ').trim());
    const fields = fc.uniqueArray(fc.record({ name: texts, value: texts }), {
      maxLength: 4,
      selector: ({ name }) => name,
    });
    const sayable = fields.filter((all) => all.every(({ name, value }) => name && value));
    const saved = fc.asyncProperty(sayable, async (customFields) => {
      const options = { discountPercent: 12.5, footer: 'Thanks', customFields };
      const draft = await here.save(invoiceId, { lines, paymentTerms: 'Net 15', options });
      expect(draft.options).toMatchObject(options);
      const [row] = await here.rep.query(`SELECT Custom_Fields__c FROM Invoice__c WHERE Id = '${invoiceId}'`);
      expect(readCustomFields(row!.Custom_Fields__c as string | null)).toEqual({ fields: customFields });
    });
    await fc.assert(saved, { numRuns: 50, seed: 20261121 });
    expect(await here.save(invoiceId, { lines, paymentTerms: 'Net 15' })).toMatchObject({
      paymentTerms: 'Net 15',
      options: { discountPercent: 12.5, footer: 'Thanks' },
    });
  });

  it('keeps lines that came from Stripe while a person was editing', async () => {
    const { invoiceId } = await here.create();
    const { lines } = await here.draftOf(invoiceId);
    await here.admin.create('Invoice_Line__c', {
      Invoice__c: invoiceId,
      Description__c: 'From Stripe',
      Quantity__c: 1,
    });
    const saved = await here.save(invoiceId, { lines });
    expect(saved.lines.map(({ description }) => description)).toContain('From Stripe');
  });

  it('cannot be edited once it is no draft', async () => {
    const { invoiceId } = await here.create();
    await here.admin.update('Invoice__c', invoiceId, { Status__c: 'Open' });
    const { editable, lines } = await here.draftOf(invoiceId);
    expect(editable).toBe(false);
    await expect(here.save(invoiceId, { lines })).rejects.toThrow(
      'This invoice is Open and can no longer be edited',
    );
  });

  it('refuses lines of another invoice and lines that are gone', async () => {
    const { lines } = await here.draftOf((await here.create()).invoiceId);
    const { invoiceId } = await here.create();
    await expect(here.save(invoiceId, { lines })).rejects.toThrow('Somebody else has changed the lines');
  });
});
