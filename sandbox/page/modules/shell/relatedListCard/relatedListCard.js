import { LightningElement, api } from 'lwc';
import { watchObject } from 'runtime/changes';
import { messageOf } from 'runtime/errors';
import { loadObjectInfo } from 'runtime/objectInfo';
import { iconOf, nameFieldOf } from 'shell/objects';
import { loadRelatedRecords } from 'shell/relatedRecords';
import { columnsOf, known, labelOf, recordUrl, rowOfRecord } from 'shell/rows';

const shownAsTable = 6;
const shownAsTiles = 3;
const fieldsInTile = 4;

/** One related list: as a table where there is room, otherwise as tiles. */
export default class RelatedListCard extends LightningElement {
  @api recordId;
  @api parent;
  @api list;
  @api wide = false;
  info;
  records;
  count = 0;
  errorText;

  connectedCallback() {
    this.load();
    this.stop = watchObject(this.list.objectApiName, () => this.load());
  }

  disconnectedCallback() {
    this.stop();
  }

  async load() {
    try {
      this.info ??= await loadObjectInfo(this.list.objectApiName);
    } catch {
      // What the user may not see has no related list either.
      return;
    }
    try {
      const { records, count, more } = await loadRelatedRecords(this.info, this.list, this.recordId);
      Object.assign(this, { records, count, more, errorText: undefined });
    } catch (error) {
      if (!this.records) this.errorText = messageOf(error);
    }
  }

  get visible() {
    return this.info !== undefined;
  }
  get limit() {
    return this.wide ? shownAsTable : shownAsTiles;
  }
  get icon() {
    return iconOf(this.list.objectApiName);
  }
  get label() {
    return this.info.labelPlural;
  }
  get heading() {
    if (!this.records) return this.label;
    const shown = this.count > this.limit ? `${this.limit}+` : this.count;
    return `${this.label} (${shown})`;
  }
  get allUrl() {
    return `/lightning/r/${this.parent}/${this.recordId}/related/${this.list.id}/view`;
  }
  get long() {
    return this.count > this.limit;
  }
  get shown() {
    return this.records?.slice(0, this.limit) ?? [];
  }
  get showTable() {
    return this.wide && this.shown.length > 0;
  }
  get showTiles() {
    return !this.wide && this.shown.length > 0;
  }
  get columns() {
    return columnsOf(this.info, this.list.fields);
  }
  get shownRows() {
    return this.shown.map((record) => rowOfRecord(record, this.info, this.list.fields));
  }
  get tiles() {
    const name = nameFieldOf(this.info);
    const fields = known(this.info, this.list.fields).filter((field) => field !== name);
    return this.shown.map((record) => ({
      id: record.id,
      href: recordUrl(this.info.apiName, record.id),
      name: record.fields[name]?.value ?? record.id,
      record,
      fields: fields.slice(0, fieldsInTile).map((field) => ({
        labelKey: `${field}-label`,
        valueKey: `${field}-value`,
        label: labelOf(this.info.fields[field]),
        info: this.info.fields[field],
      })),
    }));
  }
}
