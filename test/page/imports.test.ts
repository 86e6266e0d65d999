import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rollup } from 'rollup';
import { baseComponents } from '../../sandbox/page/build/baseComponents.ts';
import { projectPlaces, type Places } from '../../sandbox/page/build/places.ts';
import { salesforceModules } from '../../sandbox/page/build/salesforceModules.ts';

let places: Places;

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'page-imports-'));
  places = { ...projectPlaces, components: join(folder, 'lwc'), metadata: join(folder, 'metadata') };
  write('metadata/labels/CustomLabels.labels-meta.xml', labels);
  write('metadata/classes/InvoiceController.cls', apexClass);
  write('metadata/objects/Invoice__c/fields/Total__c.field-meta.xml', field('Total__c', 'Currency'));
  write(
    'metadata/objects/Invoice__c/fields/Account__c.field-meta.xml',
    field('Account__c', 'Lookup', 'Account'),
  );
  write(
    'metadata/objects/Account/fields/Billing_Email__c.field-meta.xml',
    field('Billing_Email__c', 'Email'),
  );

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});

afterAll(() => rmSync(dirname(places.metadata), { recursive: true, force: true }));

/** What a module that imports this and nothing else becomes. */
async function build(specifier: string): Promise<string> {
  const bundle = await rollup({
    input: 'component',
    external: (id) => id.includes('/runtime/'),
    plugins: [
      {
        name: 'component',
        resolveId: (id) => (id === 'component' ? id : null),
        load: (id) => (id === 'component' ? `export { default } from '${specifier}';` : null),
      },
      salesforceModules(places),
    ],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  return output[0].code;
}

describe('the build of the page', () => {
  test('takes an Apex method and knows from the class whether it is cacheable', async () => {
    expect(await build('@salesforce/apex/InvoiceController.getLines')).toContain(
      'apexMethod("InvoiceController", "getLines", true)',
    );
    expect(await build('@salesforce/apex/InvoiceController.send')).toContain(
      'apexMethod("InvoiceController", "send", false)',
    );
  });

  test.each([
    ['@salesforce/apex/Missing.getLines', 'There is no Apex class Missing'],
    ['@salesforce/apex/InvoiceController.missing', 'is not a public static @AuraEnabled method'],
    ['@salesforce/apex/InvoiceController.withoutAnnotation', 'is not a public static @AuraEnabled method'],
    ['@salesforce/apex/InvoiceController.commentedOut', 'is not a public static @AuraEnabled method'],
    ['@salesforce/apex/InvoiceController.notPublic', 'is not a public static @AuraEnabled method'],
    ['@salesforce/label/c.Missing', 'There is no label Missing'],
    ['@salesforce/schema/Missing__c', 'There is no object Missing__c'],
    ['@salesforce/schema/Invoice__c.Missing__c', 'Invoice__c has no field Missing__c'],
    ['@salesforce/schema/Account.Missing', 'Account has no field Missing'],
    ['@salesforce/schema/Invoice__c.Account__r.Missing', 'Account has no field Missing'],
    ['@salesforce/schema/Invoice__c.Missing__r.Name', 'Invoice__c has no relationship Missing__r'],
  ])('refuses %s', async (specifier, reason) => {
    await expect(build(specifier)).rejects.toThrow(reason);
    await expect(build(specifier)).rejects.toThrow(`component imports ${specifier}`);
  });

  test('takes labels with their special characters', async () => {
    expect(await build('@salesforce/label/c.Terms')).toContain(JSON.stringify('Terms & "conditions"'));
  });

  test.each([
    '@salesforce/schema/Invoice__c',
    '@salesforce/schema/Invoice__c.Total__c',
    '@salesforce/schema/Invoice__c.Name',
    '@salesforce/schema/Invoice__c.Account__r.Name',
    '@salesforce/schema/Account.Billing_Email__c',
    '@salesforce/schema/Account.BillingCity',
    '@salesforce/schema/Account.Owner.Name',
  ])('takes %s', async (specifier) => {
    const [objectApiName, ...path] = specifier.split('/').at(-1)!.split('.');
    const expected = path.length > 0 ? { objectApiName, fieldApiName: path.join('.') } : { objectApiName };
    const code = await build(specifier);
    expect(code.replace(/\s|"/g, '')).toContain(JSON.stringify(expected).replace(/"/g, ''));
  });

  test('refuses a base component that is neither in the package nor stood in for', () => {
    cpSync(projectPlaces.components, places.components, { recursive: true });
    writeFileSync(
      join(places.components, 'raiseInvoice', 'raiseInvoice.html'),
      '<template><lightning-record-picker></lightning-record-picker></template>',
    );
    expect(() => baseComponents(places)).toThrow('lightning/recordPicker');
  });
});

const labels = `<?xml version="1.0" encoding="UTF-8"?>
<CustomLabels xmlns="http://soap.sforce.com/2006/04/metadata">
  <labels><fullName>Terms</fullName><value>Terms &amp; &quot;conditions&quot;</value></labels>
</CustomLabels>`;

const apexClass = `public with sharing class InvoiceController {
  @AuraEnabled(cacheable=true)
  public static Map<String, List<Line>> getLines(Id invoiceId) { return null; }
  @AuraEnabled
  public static String send(Id invoiceId) { return null; }
  public static String withoutAnnotation(Id invoiceId) { return null; }
  // @AuraEnabled
  // public static String commentedOut() { return null; }
  /* @AuraEnabled public static String commentedOut() { return null; } */
  @AuraEnabled
  private static String notPublic() { return null; }
}`;

function field(name: string, type: string, referenceTo?: string): string {
  const target = referenceTo ? `<referenceTo>${referenceTo}</referenceTo>` : '';
  return `<CustomField xmlns="http://soap.sforce.com/2006/04/metadata"><fullName>${name}</fullName><type>${type}</type>${target}</CustomField>`;
}
