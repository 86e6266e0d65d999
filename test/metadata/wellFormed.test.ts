import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { XMLValidator } from 'fast-xml-parser';
import {
  bundles,
  customFields,
  filesOf,
  lwcDir,
  metadataDir,
  readText,
  readXml,
  shortPath,
} from './sources.ts';

const API_VERSION = '67.0';

const xmlFiles = [...filesOf(metadataDir, '.xml'), ...filesOf(lwcDir, '.xml')];

const ROOTS: Record<string, string> = {
  app: 'CustomApplication',
  cls: 'ApexClass',
  compactLayout: 'CompactLayout',
  customPermission: 'CustomPermission',
  externalCredential: 'ExternalCredential',
  field: 'CustomField',
  flexipage: 'FlexiPage',
  js: 'LightningComponentBundle',
  labels: 'CustomLabels',
  layout: 'Layout',
  listView: 'ListView',
  namedCredential: 'NamedCredential',
  object: 'CustomObject',
  permissionset: 'PermissionSet',
  platformEventChannelMember: 'PlatformEventChannelMember',
  quickAction: 'QuickAction',
  tab: 'CustomTab',
  validationRule: 'ValidationRule',
};

describe('metadata files', () => {
  it.each(xmlFiles.map(shortPath))('%s is well-formed and of the type that its name says', (path) => {
    const content = readText(path);
    expect(XMLValidator.validate(content)).toBe(true);
    const kind = /\.(\w+)-meta\.xml$/.exec(path)![1]!;
    expect(ROOTS).toHaveProperty(kind);
    const [, root, namespace] = /<(\w+) xmlns="([^"]+)">/.exec(content)!;
    expect(root).toBe(ROOTS[kind]);
    expect(namespace).toBe('http://soap.sforce.com/2006/04/metadata');
  });

  it('pin one API version', () => {
    const project = JSON.parse(readText(join(metadataDir, '../sfdx-project.json'))) as {
      sourceApiVersion: string;
    };
    const versions = xmlFiles
      .map((file) => readXml(file).apiVersion)
      .filter((version) => version !== undefined);
    expect(new Set([...versions, project.sourceApiVersion])).toEqual(new Set([API_VERSION]));
  });

  it('hold no secret: the token is entered in Setup', () => {
    const [credential] = filesOf(metadataDir, '.externalCredential-meta.xml').map(readText);
    expect(credential).toContain('$Credential.Invoicebridge.ApiToken');
    for (const file of xmlFiles) expect(readText(file)).not.toMatch(/\b(sk|rk|whsec)_\w{8}|Bearer \w/);
  });
});

describe('fields', () => {
  it.each(customFields.map(({ object, name }) => `${object}.${name}`))(
    '%s has a label, a description for administrators and a help text for people',
    (key) => {
      const [object, name] = key.split('.');
      const xml = readXml(join(metadataDir, 'objects', object!, 'fields', `${name}.field-meta.xml`));
      expect(xml.label).toMatch(/^[A-Z].{1,39}$/);
      expect(String(xml.description).length).toBeGreaterThan(20);
      // The platform cuts inline help at 510 characters.
      expect(xml.inlineHelpText).toMatch(/^[A-Z].{9,509}$/);
    },
  );

  it('with ids of Stripe are unique, case-sensitive external ids', () => {
    const ids = customFields.filter(({ name }) =>
      /^Stripe_(?!Payment_Intent|Subscription).*_Id__c$/.test(name),
    );
    expect(ids).toHaveLength(8);
    for (const { object, name } of ids) {
      const xml = readXml(join(metadataDir, 'objects', object, 'fields', `${name}.field-meta.xml`));
      expect(xml).toMatchObject({ externalId: 'true', unique: 'true', caseSensitive: 'true', length: '255' });
    }
  });

  it('of the synchronization are on every synchronized object', () => {
    const sync = ['Last_Synced_At__c', 'Sync_Error__c', 'Sync_Status__c'];
    const objects = ['Account', 'Credit_Note__c', 'Invoice__c', 'Order', 'Payment_Confirmation__c'];
    for (const object of [...objects, 'PricebookEntry', 'Product2']) {
      const names = customFields.filter((field) => field.object === object).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(sync));
    }
  });
});

describe('component bundles', () => {
  it.each(bundles)('%s has tests', (name) => {
    expect(existsSync(join(lwcDir, name, '__tests__', `${name}.test.js`))).toBe(true);
  });

  it.each(bundles)('%s uses no inline style', (name) => {
    for (const file of filesOf(join(lwcDir, name), '.html')) expect(readText(file)).not.toMatch(/\sstyle=/);
  });
});
