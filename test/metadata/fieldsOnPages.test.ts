import { join } from 'node:path';
import {
  pageRegions,
  type PageField,
  type VisibilityRule,
} from '../../sandbox/salesforce/uiApi/recordPages.ts';
import { loadPageModules } from '../page/pageModules.ts';
import { customFields, filesOf, hasField, many, metadataDir, nameOf, readXml, type Xml } from './sources.ts';

/** Record pages that hold their fields themselves (Dynamic Forms): which are shown, and which have a pencil, the record decides. */
const pages = filesOf(join(metadataDir, 'flexipages'), '.xml')
  .map((file) => {
    const xml = readXml(file);
    const components = pageRegions(xml).flatMap((region) => region.components);
    return { name: nameOf(file), object: String(xml.sobjectType), xml, components };
  })
  .filter(({ components }) => components.some(({ columns }) => columns));
const pageOf = (object: string) => pages.find((page) => page.object === object)!;

/** As the sandbox's page evaluates rules. */
let rules: {
  holds(rule: VisibilityRule | undefined, record: unknown): boolean;
  pathsOfRule(rule: VisibilityRule | undefined): string[];
};
beforeAll(async () => {
  const nothing = { fetch: 0, EventSource: 0, location: 0, history: 0, Event: 0 };
  rules = await loadPageModules(['shell/visibility'], nothing);
});

const FINAL = ['Open', 'Paid', 'Uncollectible', 'Void'];
type State = Record<string, string | undefined>;
// A record that is not there yet, one that has not reached Stripe, and one in every status there.
const STATES: State[] = [{}, { Status__c: 'Draft' }, ...['Draft', ...FINAL].flatMap(inStripe)];

function inStripe(status: string): State[] {
  const state = { Status__c: status, Stripe_Invoice_Id__c: 'in_1', invoiceStatus: status };
  return [state, { ...state, Period_Start_Date__c: '2026-01-01' }];
}

/** As the UI API has it. */
function recordIn({ invoiceStatus, ...values }: State) {
  const fields = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
  return {
    fields: { ...fields, Invoice__r: { value: { fields: { Status__c: { value: invoiceStatus } } } } },
  };
}

function placed(object: string): (PageField & { shownIf: (VisibilityRule | undefined)[] })[] {
  return pageOf(object).components.flatMap((section) =>
    (section.columns ?? [])
      .flat()
      .map((field) => ({ ...field, shownIf: [section.visibilityRule, field.visibilityRule] })),
  );
}

const shownIn = (object: string, state: State) =>
  placed(object).filter(({ shownIf }) => shownIf.every((rule) => rules.holds(rule, recordIn(state))));

const editableIn = (object: string, state: State) =>
  shownIn(object, state)
    .filter(({ behavior }) => behavior !== 'readonly')
    .map(({ field }) => field)
    .sort();

test('invoices and their lines have their fields on their pages', () => {
  expect(pages.map(({ object }) => object).sort()).toEqual(['Invoice_Line__c', 'Invoice__c']);
});

describe.each(pages)('$name', ({ object, xml }) => {
  it('shows fields that exist, and each once whatever the record says', () => {
    const all = [...new Set(placed(object).map(({ field }) => field))].sort();
    expect(all.filter((field) => !hasField(object, field))).toEqual([]);
    for (const state of STATES) {
      const shown = shownIn(object, state).map(({ field }) => field);
      expect({ state, shown: shown.sort() }).toEqual({ state, shown: all });
    }
  });

  it('asks for fields that exist, over lookups too', () => {
    for (const path of placed(object).flatMap(({ shownIf }) => shownIf.flatMap(rules.pathsOfRule))) {
      const [first, ofParent] = path.split('.') as [string, string?];
      const lookup = customFields.find(
        (field) => field.object === object && field.name === first.replace(/__r$/, '__c'),
      );
      const exists = ofParent ? hasField(lookup!.referenceTo!, ofParent) : hasField(object, first);
      expect({ path, exists }).toEqual({ path, exists: true });
    }
  });

  it('has the facets that its parts name, each for one part, and a name of its own for every part', () => {
    const regions = many(xml.flexiPageRegions);
    const items = regions
      .flatMap((region) => many(region.itemInstances))
      .map((item) => (item.componentInstance ?? item.fieldInstance) as Xml);
    const named = items
      .flatMap((item) => many<{ name: string; value: string }>(item.componentInstanceProperties))
      .filter(({ name }) => name === 'columns' || name === 'body')
      .map(({ value }) => value);
    const facets = regions.filter(({ type }) => type === 'Facet').map(({ name }) => String(name));
    expect(named.sort()).toEqual(facets.sort());
    expect(new Set(facets).size).toBe(facets.length);
    const ids = items.map(({ identifier }) => String(identifier));
    expect(new Set(ids).size).toBe(ids.length);
    // The platform takes letters, digits and single underscores.
    expect(ids.filter((id) => !/^[A-Za-z]\w*$/.test(id) || /__|_$/.test(id))).toEqual([]);
    for (const { fieldItem, fieldInstanceProperties } of items.filter((item) => item.fieldItem)) {
      expect(fieldItem).toMatch(/^Record\.\w+$/);
      expect(fieldInstanceProperties).toMatchObject({
        name: 'uiBehavior',
        value: expect.stringMatching(/^(none|readonly|required)$/),
      });
    }
  });
});

describe('what has a pencil', () => {
  const TERMS = [
    ...['Custom_Fields__c', 'Description__c', 'Discount_Amount__c', 'Discount_Percent__c', 'Due_Date__c'],
    ...['Finalize_On__c', 'Footer__c', 'No_Reminders__c', 'Payment_Terms__c', 'Tax_Rate__c'],
  ];
  // The master of a line is chosen once: the platform itself lets nobody change it.
  const OF_LINE = [
    'Description__c',
    'Invoice__c',
    'Product__c',
    'Quantity__c',
    'Tax_Rate__c',
    'Unit_Price__c',
  ];

  it('are the terms of a draft, and its customer until Stripe has it', () => {
    expect(editableIn('Invoice__c', {})).toEqual(['Account__c', ...TERMS]);
    for (const state of inStripe('Draft')) expect(editableIn('Invoice__c', state)).toEqual(TERMS);
    const [line, ofSubscription] = inStripe('Draft') as [State, State];
    expect(editableIn('Invoice_Line__c', {})).toEqual(OF_LINE);
    expect(editableIn('Invoice_Line__c', line)).toEqual(OF_LINE);
    expect(editableIn('Invoice_Line__c', ofSubscription)).toEqual(['Invoice__c']);
  });

  it.each(FINAL)('is nothing of an invoice that is %s but whether it is reminded of', (status) => {
    for (const state of inStripe(status)) {
      expect(editableIn('Invoice__c', state)).toEqual(['No_Reminders__c']);
      expect(editableIn('Invoice_Line__c', state)).toEqual(['Invoice__c']);
    }
  });
});
