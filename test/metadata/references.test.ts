import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  bundles,
  customFields,
  customObjects,
  filesOf,
  hasField,
  importsOf,
  lwcDir,
  many,
  metadataDir,
  nameOf,
  readText,
  readXml,
  type Xml,
} from './sources.ts';

const folder = (name: string) => join(metadataDir, name);
const permissionSets = filesOf(folder('permissionsets'), '.xml').map((file) => ({
  name: nameOf(file),
  xml: readXml(file),
}));
const layouts = filesOf(folder('layouts'), '.xml').map((file) => ({
  name: nameOf(file),
  xml: readXml(file),
}));
const quickActions = new Map(
  filesOf(folder('quickActions'), '.xml').map((file) => [nameOf(file), readXml(file)]),
);
const flexipages = new Map(
  filesOf(folder('flexipages'), '.xml').map((file) => [nameOf(file), readXml(file)]),
);
const labels = many(readXml(join(folder('labels'), 'CustomLabels.labels-meta.xml')).labels);
const set = (name: string) => permissionSets.find((one) => one.name === name)!.xml;
const editable = (xml: Xml) =>
  many<Record<string, string>>(xml.fieldPermissions)
    .filter((entry) => entry.editable === 'true')
    .map((entry) => entry.field!);

describe('permission sets', () => {
  it.each(permissionSets)('$name names only fields that exist and may be named', ({ xml }) => {
    for (const { field } of many<{ field: string }>(xml.fieldPermissions)) {
      const [object, name] = field.split('.') as [string, string];
      expect({ field, exists: hasField(object, name) }).toEqual({ field, exists: true });
      const custom = customFields.find((one) => one.object === object && one.name === name);
      expect({ field, permissionable: custom?.isPermissionable ?? true }).toEqual({
        field,
        permissionable: true,
      });
    }
  });

  it.each(permissionSets)('$name shows every custom field, so that none is silently hidden', ({ xml }) => {
    const readable = many<Record<string, string>>(xml.fieldPermissions)
      .filter((entry) => entry.readable === 'true')
      .map((entry) => entry.field);
    const needed = customFields
      .filter((field) => field.isPermissionable)
      .map(({ object, name }) => `${object}.${name}`);
    expect(readable).toEqual(expect.arrayContaining(needed));
  });

  it.each(permissionSets)('$name makes no formula editable', ({ xml }) => {
    const formulas = customFields
      .filter((field) => field.isFormula)
      .map(({ object, name }) => `${object}.${name}`);
    expect(editable(xml).filter((field) => formulas.includes(field))).toEqual([]);
  });

  it.each(permissionSets)('$name gives classes, tabs and permissions that exist', ({ xml }) => {
    for (const { apexClass } of many<{ apexClass: string }>(xml.classAccesses)) {
      expect(existsSync(join(folder('classes'), `${apexClass}.cls`))).toBe(true);
    }
    for (const { tab } of many<{ tab: string }>(xml.tabSettings)) {
      expect(tab.startsWith('standard-') || existsSync(join(folder('tabs'), `${tab}.tab-meta.xml`))).toBe(
        true,
      );
    }
    for (const { name } of many<{ name: string }>(xml.customPermissions)) {
      expect(existsSync(join(folder('customPermissions'), `${name}.customPermission-meta.xml`))).toBe(true);
    }
  });

  it('let a rep write drafts and nothing that Stripe owns', () => {
    expect(editable(set('Invoicebridge_Rep'))).toEqual([
      'Account.Billing_Contact__c',
      'Account.Billing_Email__c',
      'Account.No_Reminders__c',
      'Account.Payment_Terms__c',
      'Invoice_Line__c.Amount__c',
      'Invoice_Line__c.Description__c',
      'Invoice_Line__c.Product__c',
      'Invoice_Line__c.Quantity__c',
      'Invoice_Line__c.Sort_Order__c',
      'Invoice_Line__c.Tax_Rate__c',
      'Invoice_Line__c.Unit_Price__c',
      'Invoice__c.Currency__c',
      'Invoice__c.Custom_Fields__c',
      'Invoice__c.Description__c',
      'Invoice__c.Discount_Amount__c',
      'Invoice__c.Discount_Percent__c',
      'Invoice__c.Due_Date__c',
      'Invoice__c.Finalize_On__c',
      'Invoice__c.Footer__c',
      'Invoice__c.No_Reminders__c',
      'Invoice__c.Payment_Terms__c',
      'Invoice__c.Request_Key__c',
      'Invoice__c.Tax_Rate__c',
    ]);
  });

  it('let the integration user delete only lines, and drafts that were deleted in Stripe', () => {
    const deletable = many<Record<string, string>>(set('Invoicebridge_Integration').objectPermissions)
      .filter((entry) => entry.allowDelete === 'true')
      .map((entry) => entry.object);
    expect(deletable).toEqual(['Invoice_Line__c', 'Invoice__c']);
  });

  it('open every controller of a component and every Flow action to reps and admins', () => {
    const controllers = new Set(importsOf('@salesforce/apex/').map(([, module]) => module.split(/[/.]/)[2]));
    const ofFlow = filesOf(join(metadataDir, 'classes'), '.cls').filter((file) =>
      readText(file).includes('@InvocableMethod'),
    );
    for (const file of ofFlow) controllers.add(basename(file, '.cls'));
    for (const name of ['Invoicebridge_Rep', 'Invoicebridge_Admin']) {
      const classes = many<{ apexClass: string }>(set(name).classAccesses).map(({ apexClass }) => apexClass);
      expect(new Set(classes)).toEqual(controllers);
    }
  });
});

describe('layouts', () => {
  it.each(layouts)('$name shows fields that exist', ({ name, xml }) => {
    const object = name.split('-')[0]!;
    const fields = many(xml.layoutSections)
      .flatMap((section) => many(section.layoutColumns))
      .flatMap((column) => many<{ field: string }>(column.layoutItems))
      .map(({ field }) => field);
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields)
      expect({ field, exists: hasField(object, field) }).toEqual({ field, exists: true });
  });

  it.each(layouts)('$name offers actions that exist on its object', ({ name, xml }) => {
    const object = name.split('-')[0]!;
    for (const item of many<{ actionName: string; actionType: string }>(
      (xml.platformActionList as Xml | undefined)?.platformActionListItems,
    )) {
      if (item.actionType !== 'QuickAction') continue;
      expect(item.actionName.split('.')[0]).toBe(object);
      expect([...quickActions.keys()]).toContain(item.actionName);
    }
  });

  it.each(layouts)('$name has related lists along lookups that exist', ({ name, xml }) => {
    const object = name.split('-')[0]!;
    for (const { relatedList, fields } of many<{ relatedList: string; fields: unknown }>(xml.relatedLists)) {
      if (!relatedList.includes('.')) continue;
      const [child, lookup] = relatedList.split('.') as [string, string];
      const field = customFields.find((one) => one.object === child && one.name === lookup);
      expect({ relatedList, parent: field?.referenceTo }).toEqual({ relatedList, parent: object });
      for (const column of many<string>(fields)) {
        expect(column === 'NAME' || hasField(child, column)).toBe(true);
      }
    }
  });
});

describe('list views and compact layouts', () => {
  const views = filesOf(folder('objects'), '.listView-meta.xml');
  const compact = filesOf(folder('objects'), '.compactLayout-meta.xml');

  it.each([...views, ...compact].map((file) => [file.split('objects/')[1]!, file]))(
    '%s names fields that exist',
    (path, file) => {
      const object = path.split('/')[0]!;
      const xml = readXml(file);
      const filters = many<{ field: string }>(xml.filters).map(({ field }) => field);
      for (const field of [...many<string>(xml.columns), ...many<string>(xml.fields), ...filters]) {
        expect({ field, exists: field === 'NAME' || hasField(object, field) }).toEqual({
          field,
          exists: true,
        });
      }
    },
  );
});

describe('quick actions', () => {
  it.each([...quickActions])('%s opens a component that is made for it', (_, xml) => {
    expect(bundles).toContain(xml.lightningWebComponent);
    const bundle = String(xml.lightningWebComponent);
    const meta = readXml(join(lwcDir, bundle, `${bundle}.js-meta.xml`));
    expect(meta.isExposed).toBe('true');
    expect((meta.targets as Xml).target).toBe('lightning__RecordAction');
    const config = (meta.targetConfigs as Xml).targetConfig as Xml;
    expect(config.actionType).toBe(xml.actionSubtype);
  });
});

describe('pages and the app', () => {
  it.each([...flexipages])('%s holds components that are made for its object', (_, xml) => {
    const components = many(xml.flexiPageRegions)
      .flatMap((region) => many(region.itemInstances))
      .map((item) => String((item.componentInstance as Xml | undefined)?.componentName));
    for (const name of components.filter((component) => component.startsWith('c:')).map((c) => c.slice(2))) {
      const meta = readXml(join(lwcDir, name, `${name}.js-meta.xml`));
      expect(meta.isExposed).toBe('true');
      expect((meta.targets as Xml).target).toBe('lightning__RecordPage');
      const config = (meta.targetConfigs as Xml).targetConfig as Xml;
      expect(many<string>((config.objects as Xml).object)).toContain(xml.sobjectType);
    }
  });

  it('are reached from the objects and the app', () => {
    const objects = ['Invoice__c', 'Invoice_Line__c'].map((name) =>
      readXml(join(folder('objects'), name, `${name}.object-meta.xml`)),
    );
    const app = readXml(join(folder('applications'), 'Invoicebridge.app-meta.xml'));
    const overrides = [...objects, app].flatMap(({ actionOverrides }) => many(actionOverrides));
    expect(new Set(overrides.map(({ content }) => content))).toEqual(new Set(flexipages.keys()));
    for (const tab of many<string>(app.tabs).filter((name) => !name.startsWith('standard-'))) {
      expect(customObjects).toContain(tab);
    }
  });
});

describe('components', () => {
  it('use every label that exists, and no other', () => {
    const used = importsOf('@salesforce/label/c.').map(([, module]) => module.split('c.')[1]);
    expect([...new Set(used)].sort()).toEqual(labels.map(({ fullName }) => fullName).sort());
  });

  it.each(importsOf('@salesforce/schema/'))('%s imports %s, which exists', (_, module) => {
    const [object, field, ofParent] = module.split('/')[2]!.split('.') as [string, string, string?];
    if (ofParent === undefined) {
      expect(hasField(object, field)).toBe(true);
      return;
    }
    const lookup = field.replace(/__r$/, '__c');
    const parent = customFields.find((one) => one.object === object && one.name === lookup)?.referenceTo;
    expect(hasField(parent!, ofParent)).toBe(true);
  });

  it.each(importsOf('@salesforce/apex/'))('%s imports %s, which is an @AuraEnabled method', (_, module) => {
    const [className, method] = module.split('/')[2]!.split('.') as [string, string];
    const source = readText(join(folder('classes'), `${className}.cls`));
    expect(source).toMatch(
      new RegExp(`@AuraEnabled(\\(cacheable=true\\))?\\s+public static [\\w.<>]+ ${method}\\(`),
    );
  });

  it.each(importsOf('c/'))('%s imports %s, which is a bundle', (_, module) => {
    expect(bundles).toContain(module.slice(2));
  });

  it('need nothing that the open-source base components lack', () => {
    const lacking =
      /lightning-(record-|input-field|output-field)|lightning\/(messageService|uiObjectInfoApi|refresh)/;
    for (const file of [...filesOf(lwcDir, '.html'), ...filesOf(lwcDir, '.js')]) {
      expect(readText(file)).not.toMatch(lacking);
    }
  });
});
