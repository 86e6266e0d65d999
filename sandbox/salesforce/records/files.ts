import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { OrgError } from '../orgError.ts';
import type { Org } from '../org.ts';
import type { FieldValue, StoredRecord } from './storedRecord.ts';

/**
 * What the platform does when a ContentVersion is inserted: it makes the ContentDocument and its link to where it is published
 * first, or puts the version above the others of the document that is named.
 */
export function publishVersion(version: StoredRecord, org: Org): StoredRecord {
  const { VersionData: data, PathOnClient: path, ContentDocumentId: known } = version.values;
  if (typeof data !== 'string')
    throw new OrgError('REQUIRED_FIELD_MISSING', 'Required fields are missing: [VersionData]', {
      fields: ['VersionData'],
    });
  if (known && version.values.FirstPublishLocationId)
    throw new OrgError(
      'INVALID_INPUT',
      'FirstPublishLocationId cannot be set when ContentDocumentId is set.',
      { fields: ['FirstPublishLocationId'] },
    );
  const bytes = Buffer.from(data, 'base64');
  const extension = extname(String(path)).slice(1);
  const values: Record<string, FieldValue> = {
    ...version.values,
    Title: version.values.Title ?? String(path),
    ContentSize: bytes.length,
    FileExtension: extension,
    FileType: extension.toUpperCase(),
    Checksum: createHash('md5').update(bytes).digest('hex'),
    IsLatest: true,
  };
  const earlier = known ? versionsOf(org, String(known)) : [];
  for (const one of earlier.filter(({ values: { IsLatest } }) => IsLatest))
    org.records.put({ ...one, values: { ...one.values, IsLatest: false } });
  const document = known ? org.records.get(String(known)) : newDocument(org, values);
  if (!document || document.deleted)
    throw new OrgError('ENTITY_IS_DELETED', 'entity is deleted', { fields: ['ContentDocumentId'] });
  org.records.put({
    ...document,
    values: { ...document.values, ...shared(values), LatestPublishedVersionId: version.id },
  });
  return {
    ...version,
    values: { ...values, ContentDocumentId: document.id, VersionNumber: String(earlier.length + 1) },
  };
}

const versionsOf = (org: Org, documentId: string): StoredRecord[] =>
  [...org.records.values('ContentVersion')].filter(
    ({ values, deleted }) => !deleted && values.ContentDocumentId === documentId,
  );

const shared = ({ Title, ContentSize, FileExtension, FileType }: Record<string, FieldValue>) =>
  ({ Title, ContentSize, FileExtension, FileType }) as Record<string, FieldValue>;

function newDocument(org: Org, values: Record<string, FieldValue>): StoredRecord {
  const { OwnerId, CreatedDate, CreatedById, LastModifiedDate, LastModifiedById, SystemModstamp } = values;
  const audit = { CreatedDate, CreatedById, LastModifiedDate, LastModifiedById, SystemModstamp };
  const make = (object: string, own: Record<string, FieldValue | undefined>): StoredRecord => {
    const record = {
      id: org.records.nextId(org.schema.object(object)!),
      object,
      deleted: false,
      values: { ...audit, ...own } as Record<string, FieldValue>,
    };
    org.records.put(record);
    return record;
  };
  const document = make('ContentDocument', { ...shared(values), OwnerId });
  for (const [entity, share] of [
    [values.FirstPublishLocationId, 'V'],
    [OwnerId, 'I'],
  ] as const)
    if (entity)
      make('ContentDocumentLink', {
        LinkedEntityId: entity,
        ContentDocumentId: document.id,
        ShareType: share,
        Visibility: 'AllUsers',
      });
  return document;
}
