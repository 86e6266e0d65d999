import { LightningElement, api } from 'lwc';
import { watchObject } from 'runtime/changes';
import { messageOf } from 'runtime/errors';
import { loadObjectInfo } from 'runtime/objectInfo';
import { dataApi, read } from 'runtime/orgClient';
import { nameFieldOf, relatedListsOf } from 'shell/objects';
import { loadRelatedRecords } from 'shell/relatedRecords';
import { columnsOf, recordUrl, rowOfRecord } from 'shell/rows';

/** A whole related list: where View All leads. */
export default class RelatedListPage extends LightningElement {
  @api recordId;
  @api objectApiName;
  @api relatedListId;
  info;
  rows;
  columns;
  parentName = '';
  parentLabelPlural = '';
  errorText;

  connectedCallback() {
    this.load();
  }

  disconnectedCallback() {
    this.stop?.();
  }

  get parentUrl() {
    return recordUrl(this.objectApiName, this.recordId);
  }
  get parentListUrl() {
    return `/lightning/o/${this.objectApiName}/list`;
  }
  get summary() {
    return `${this.rows.length} ${this.rows.length === 1 ? 'item' : 'items'}`;
  }

  async load() {
    try {
      const parent = await loadObjectInfo(this.objectApiName);
      const list = relatedListsOf(parent).find(({ id }) => id === this.relatedListId);
      if (!list) throw new Error(`${parent.label} has no related list ${this.relatedListId}.`);
      const info = await loadObjectInfo(list.objectApiName);
      if (this.isConnected) this.stop ??= watchObject(info.apiName, () => this.load());
      const nameField = nameFieldOf(parent);
      const [record, { records }] = await Promise.all([
        read(`${dataApi}/ui-api/records/${this.recordId}?fields=${parent.apiName}.${nameField}`),
        loadRelatedRecords(info, list, this.recordId, 200),
      ]);
      this.info = info;
      this.parentName = record.fields[nameField].value;
      this.parentLabelPlural = parent.labelPlural;
      this.columns = columnsOf(info, list.fields);
      this.rows = records.map((each) => rowOfRecord(each, info, list.fields));
      document.title = `${info.labelPlural} | ${this.parentName} | Invoicebridge sandbox`;
    } catch (error) {
      if (!this.rows) this.errorText = messageOf(error);
    }
  }
}
