import { isSyncFailure, PermanentFailure } from '../failure.ts';
import { soqlString, type SalesforceOrg } from './connection.ts';

export interface NewFile {
  /** Whose file it is. */
  recordId: string;
  /** The file that this is a new version of. */
  fileId: string | null;
  /** Unique: the same upload again makes nothing. */
  key: string;
  title: string;
  /** With its extension. */
  name: string;
  bytes: Buffer;
}

/** Stores a version of a file once, and gives the file's id. An upload whose answer was lost is found by its key. */
export async function storeFile(org: SalesforceOrg, file: NewFile): Promise<string> {
  try {
    await org.request('POST', '/sobjects/ContentVersion', {
      Title: file.title,
      PathOnClient: file.name,
      Stripe_Document_Key__c: file.key,
      ...(file.fileId ? { ContentDocumentId: file.fileId } : { FirstPublishLocationId: file.recordId }),
      VersionData: file.bytes.toString('base64'),
    });
  } catch (error) {
    if (!isSyncFailure(error) || error.code !== 'crm_duplicate_value') throw error;
  }
  const stored = await fileOfVersion(org, file.key);
  if (stored) return stored;
  throw new PermanentFailure({
    code: 'file_gone',
    stage: 'write-crm',
    message: `The file ${file.name} was deleted as soon as it was stored, or may not be seen by the integration user.`,
  });
}

/** The file that has the version with this key; null where there is none. */
export async function fileOfVersion(org: SalesforceOrg, key: string): Promise<string | null> {
  const [version] = await org.query<Version>(
    `SELECT ContentDocumentId FROM ContentVersion WHERE Stripe_Document_Key__c = ${soqlString(key)}`,
  );
  return version?.ContentDocumentId ?? null;
}

/** The newest file of a record among those whose key begins so; null once it was deleted, or taken off the record. */
export async function latestFile(
  org: SalesforceOrg,
  { recordId, keyBegins }: { recordId: string; keyBegins: string },
): Promise<string | null> {
  const [version] = await org.query<Version>(
    `SELECT ContentDocumentId FROM ContentVersion WHERE Stripe_Document_Key__c LIKE ${soqlString(`${keyBegins}%`)} ` +
      'AND IsLatest = true ORDER BY CreatedDate DESC LIMIT 1',
  );
  if (!version) return null;
  const [link] = await org.query<Version>(
    `SELECT ContentDocumentId FROM ContentDocumentLink WHERE ContentDocumentId = ${soqlString(version.ContentDocumentId)} ` +
      `AND LinkedEntityId = ${soqlString(recordId)}`,
  );
  return link?.ContentDocumentId ?? null;
}

interface Version {
  ContentDocumentId: string;
}
