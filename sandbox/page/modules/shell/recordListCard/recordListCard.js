import { LightningElement, api } from 'lwc';
import { watchObject } from 'runtime/changes';
import { messageOf } from 'runtime/errors';
import { loadObjectInfo } from 'runtime/objectInfo';
import { query } from 'runtime/orgClient';
import { iconOf } from 'shell/objects';
import { columnsOf, rowOfQuery, selectOf } from 'shell/rows';

/** The first few records of an object in a card. */
export default class RecordListCard extends LightningElement {
  @api objectApiName;
  @api heading;
  @api fields;
  @api orderBy;
  @api emptyText;
  columns;
  rows;
  errorText;

  connectedCallback() {
    this.load();
    this.stop = watchObject(this.objectApiName, () => this.load());
  }

  disconnectedCallback() {
    this.stop();
  }

  get icon() {
    return iconOf(this.objectApiName);
  }
  get listUrl() {
    return `/lightning/o/${this.objectApiName}/list`;
  }
  get isEmpty() {
    return this.rows?.length === 0;
  }

  async load() {
    try {
      const info = await loadObjectInfo(this.objectApiName);
      const select = selectOf(info, this.fields).join(', ');
      const { records } = await query(
        `SELECT ${select} FROM ${info.apiName} ORDER BY ${this.orderBy} LIMIT 8`,
      );
      this.columns = columnsOf(info, this.fields);
      this.rows = records.map((record) => rowOfQuery(record, info, this.fields));
      this.errorText = undefined;
    } catch (error) {
      if (!this.rows) this.errorText = messageOf(error);
    }
  }
}
