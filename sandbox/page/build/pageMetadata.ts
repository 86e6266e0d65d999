import { basename, join } from 'node:path';
import { existsSync } from 'node:fs';
import { many, metadataFiles, readMetadata } from './metadataSource.ts';
import type { Places } from './places.ts';

/** What the page shows of each object beyond what the org's API tells: parts of salesforce-metadata that only a user interface reads. */
export interface PageMetadata {
  listViews: Record<string, ListView[]>;
  /** Fields of the highlights panel, the name field first. */
  compactLayouts: Record<string, string[]>;
  relatedLists: Record<string, RelatedList[]>;
  /** Icon of an object's tab, as `custom:custom17`. */
  icons: Record<string, string>;
  /** The app and the objects of its tabs. */
  app: { label: string; objects: string[] };
}

export interface ListView {
  name: string;
  label: string;
  columns: string[];
  mine: boolean;
  filters: { field: string; operation: string; value: string }[];
}

export interface RelatedList {
  /** `Invoice__c.Account__c` for a custom lookup, `RelatedContactList` for a standard one. */
  relatedList: string;
  fields: string[];
  sortField: string | null;
  descending: boolean;
}

export function readPageMetadata(places: Places): PageMetadata {
  const metadata: PageMetadata = {
    listViews: {},
    compactLayouts: {},
    relatedLists: {},
    icons: {},
    app: readApp(places),
  };
  for (const file of metadataFiles(places, 'objects/*/listViews/*.listView-meta.xml')) {
    (metadata.listViews[objectOf(file)] ??= []).push(listView(readMetadata(file)));
  }
  for (const file of metadataFiles(places, 'objects/*/compactLayouts/*.compactLayout-meta.xml')) {
    const name = objectOf(file);
    const compact = readMetadata(file);
    if (assignedCompactLayout(places, name) === compact['fullName'] || !metadata.compactLayouts[name]) {
      metadata.compactLayouts[name] = many(compact['fields']).map(fieldName);
    }
  }
  for (const file of metadataFiles(places, 'layouts/*.layout-meta.xml')) {
    const [name] = decodeURIComponent(basename(file)).split('-');
    metadata.relatedLists[name!] ??= many<Record<string, unknown>>(readMetadata(file)['relatedLists']).map(
      relatedList,
    );
  }
  for (const file of metadataFiles(places, 'tabs/*.tab-meta.xml')) {
    // A motif reads `Custom17: Sack`; the icon of the design system has the same number.
    const number = /^Custom(\d+):/.exec(String(readMetadata(file)['motif']))?.[1];
    if (number) metadata.icons[basename(file).split('.')[0]!] = `custom:custom${number}`;
  }
  return metadata;
}

function readApp(places: Places): PageMetadata['app'] {
  const file = metadataFiles(places, 'applications/*.app-meta.xml')[0];
  if (!file) return { label: 'Invoicebridge', objects: [] };
  const app = readMetadata(file);
  const objects = many(app['tabs'])
    .map((tab) => tab.replace(/^standard-/, ''))
    .filter((tab) => tab !== 'home');
  return { label: String(app['label']), objects };
}

function listView(source: Record<string, unknown>): ListView {
  return {
    name: String(source['fullName']),
    label: String(source['label']),
    columns: many(source['columns']).map(fieldName),
    mine: source['filterScope'] === 'Mine',
    filters: many<Record<string, string>>(source['filters']).map((filter) => ({
      field: fieldName(filter['field']!),
      operation: filter['operation']!,
      value: filter['value'] ?? '',
    })),
  };
}

function relatedList(source: Record<string, unknown>): RelatedList {
  return {
    relatedList: String(source['relatedList']),
    fields: many(source['fields']).map(fieldName),
    sortField: source['sortField'] ? fieldName(String(source['sortField'])) : null,
    descending: source['sortOrder'] === 'Desc',
  };
}

function assignedCompactLayout(places: Places, objectName: string): unknown {
  const file = join(places.metadata, 'objects', objectName, `${objectName}.object-meta.xml`);
  return existsSync(file) ? readMetadata(file)['compactLayoutAssignment'] : undefined;
}

// Metadata names standard fields in its own way: NAME, ACCOUNT.NAME, CREATED_DATE, CORE.USERS.ALIAS.
const standardColumns: Record<string, string> = {
  NAME: 'Name',
  'ACCOUNT.NAME': 'Name',
  'ACCOUNT.PHONE1': 'Phone',
  'ACCOUNT.INDUSTRY': 'Industry',
  'ACCOUNT.TYPE': 'Type',
  'ACCOUNT.URL': 'Website',
  'ACCOUNT.ADDRESS1_CITY': 'BillingCity',
  'ACCOUNT.ADDRESS1_STATE': 'BillingState',
  'ACCOUNT.ADDRESS1_STATE_CODE': 'BillingState',
  'ACCOUNT.ADDRESS1_COUNTRY': 'BillingCountry',
  'ACCOUNT.SITE': 'Site',
  'ACCOUNT.LAST_UPDATE': 'LastModifiedDate',
  'ACCOUNT.CREATED_DATE': 'CreatedDate',
  'PRODUCT2.NAME': 'Name',
  'PRODUCT2.CUSTOMER_PRODUCT_ID': 'ProductCode',
  'PRODUCT2.FAMILY_ENUM': 'Family',
  'PRODUCT2.DESCRIPTION': 'Description',
  'PRODUCT2.ACTIVE': 'IsActive',
  'PRODUCTS.PRODUCT.NAME': 'Name',
  'PRODUCT.NAME': 'Name',
  FULL_NAME: 'Name',
  'CONTACT.TITLE': 'Title',
  'CONTACT.EMAIL': 'Email',
  'CONTACT.PHONE1': 'Phone',
  CREATED_DATE: 'CreatedDate',
  CREATEDBY_USER: 'CreatedById',
  LAST_UPDATE: 'LastModifiedDate',
  UPDATEDBY_USER: 'LastModifiedById',
  'OWNER.ALIAS': 'OwnerId',
  'CORE.USERS.ALIAS': 'OwnerId',
  'CORE.USERS.FULL_NAME': 'OwnerId',
};

function fieldName(column: string): string {
  const known = standardColumns[column];
  if (known) return known;
  return column.includes('.') ? column.slice(column.lastIndexOf('.') + 1) : column;
}

function objectOf(file: string): string {
  return basename(join(file, '../..'));
}
