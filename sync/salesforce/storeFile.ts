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
  const [version] = await org.query<{ ContentDocumentId: string }>(
    `SELECT ContentDocumentId FROM ContentVersion WHERE Stripe_Document_Key__c = ${soqlString(file.key)}`,
  );
  if (version) return version.ContentDocumentId;
  throw new PermanentFailure({
    code: 'file_gone',
    stage: 'write-crm',
    message: `The file ${file.name} was deleted as soon as it was stored, or may not be seen by the integration user.`,
  });
}
