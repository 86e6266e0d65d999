import { LightningElement, api } from 'lwc';
import { messageOf } from 'runtime/errors';
import { query } from 'runtime/orgClient';
import { literal } from 'runtime/soql';
import { sizeOf } from 'shell/filesCard';

/** Where a file opens. The platform draws its pages; here its newest version is described, and can be downloaded. */
export default class FilePreview extends LightningElement {
  @api recordId;
  file;
  errorText;

  async connectedCallback() {
    try {
      const { records } = await query(
        'SELECT Title, PathOnClient, FileType, ContentSize, VersionNumber, LastModifiedDate FROM ContentVersion ' +
          `WHERE ContentDocumentId = ${literal(this.recordId ?? '')} AND IsLatest = true`,
      );
      if (records.length === 0) throw new Error('The file was deleted, or you may not see it.');
      [this.file] = records;
      document.title = `${this.file.Title} | Invoicebridge sandbox`;
    } catch (error) {
      this.errorText = messageOf(error);
    }
  }

  get details() {
    const { FileType: type, ContentSize: size, VersionNumber: version } = this.file;
    return `${type} · ${sizeOf(size)} · Version ${version}`;
  }
  get downloadUrl() {
    return `/sfc/servlet.shepherd/document/download/${this.recordId}`;
  }
}
