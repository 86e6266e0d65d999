import { LightningElement, api } from 'lwc';
import { watchObject } from 'runtime/changes';
import { urlOf } from 'runtime/navigation';
import { query } from 'runtime/orgClient';
import { literal } from 'runtime/soql';

function previewUrl(id) {
  return urlOf({
    type: 'standard__namedPage',
    attributes: { pageName: 'filePreview' },
    state: { selectedRecordId: id },
  });
}

export function sizeOf(bytes) {
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)}KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)}MB`;
}

/** The related list Files: what is stored with the record, the newest first. */
export default class FilesCard extends LightningElement {
  @api recordId;
  files = [];

  connectedCallback() {
    this.load();
    this.stop = watchObject('ContentVersion', () => this.load());
  }

  disconnectedCallback() {
    this.stop();
  }

  async load() {
    const { records } = await query(
      'SELECT ContentDocumentId, ContentDocument.Title, ContentDocument.FileExtension, ContentDocument.ContentSize, ' +
        `ContentDocument.LastModifiedDate FROM ContentDocumentLink WHERE LinkedEntityId = ${literal(this.recordId)}`,
    );
    this.files = [...records]
      .map(({ ContentDocumentId: id, ContentDocument: file }) => ({
        id,
        title: file.Title,
        changed: file.LastModifiedDate,
        // A template trims its spaces.
        details: `\u00a0· ${sizeOf(file.ContentSize)} · ${file.FileExtension}`,
        href: previewUrl(id),
      }))
      .sort((one, other) => (one.changed < other.changed ? 1 : -1));
  }

  get heading() {
    return `Files (${this.files.length})`;
  }
}
