import { LightningElement, api } from 'lwc';
import { watchObject } from 'runtime/changes';
import { messageOf } from 'runtime/errors';
import { goTo } from 'runtime/navigation';
import { loadObjectInfo } from 'runtime/objectInfo';
import { query } from 'runtime/orgClient';
import { listQuery, rowLimit } from 'shell/listQuery';
import { iconOf, listViewsOf, nameFieldOf } from 'shell/objects';
import { columnsOf, rowOfQuery } from 'shell/rows';

// An invoice is raised from its account, which is what the action there is for.
const raisedElsewhere = ['Invoice__c', 'Payment_Confirmation__c', 'Credit_Note__c', 'Invoice_Line__c'];

/** A list view of an object: sortable, searchable, and up to date. */
export default class ListPage extends LightningElement {
  info;
  rows;
  columns;
  total = 0;
  searchText = '';
  sortedBy;
  sortedDirection = 'asc';
  loading = false;
  creating = false;
  errorText;
  loads = 0;

  @api objectApiName;

  _viewName;
  @api
  get viewName() {
    return this._viewName;
  }
  set viewName(name) {
    this._viewName = name;
    if (!this.info) return;
    this.sortedBy = undefined;
    this.load();
  }

  connectedCallback() {
    this.open();
    this.stop = watchObject(this.objectApiName, () => (this.info ? this.reload() : this.open()));
  }

  disconnectedCallback() {
    this.stop();
    clearTimeout(this.timer);
  }

  get icon() {
    return iconOf(this.objectApiName);
  }
  get labelPlural() {
    return this.info?.labelPlural ?? '';
  }
  get views() {
    return this.info ? listViewsOf(this.info) : [];
  }
  get view() {
    return this.views.find(({ name }) => name === this.viewName) ?? this.views[0];
  }
  get viewLabel() {
    return this.view?.label ?? '';
  }
  get viewItems() {
    return this.views.map(({ name, label }) => ({ name, label, current: name === this.view.name }));
  }
  get creatable() {
    return this.info?.createable && !raisedElsewhere.includes(this.objectApiName);
  }
  get isEmpty() {
    return this.rows?.length === 0;
  }
  get emptyHeading() {
    return this.searchText ? 'No items match your search' : 'Nothing to see here';
  }
  get emptyText() {
    if (this.searchText) return 'Try other words, or another list view.';
    return this.objectApiName === 'Invoice__c'
      ? 'Open an account and choose Raise Invoice.'
      : 'There are no records in this list view.';
  }
  get errorHeading() {
    return 'This list cannot be shown';
  }
  get summary() {
    if (!this.rows) return ' ';
    const count = this.rows.length < this.total ? `${this.rows.length}+` : String(this.total);
    const sorted = this.columns.find(({ fieldName }) => fieldName === this.sortedBy)?.label;
    return `${count} ${this.total === 1 ? 'item' : 'items'}${sorted ? ` • Sorted by ${sorted}` : ''}`;
  }

  async open() {
    try {
      this.info = await loadObjectInfo(this.objectApiName);
      await this.load();
    } catch (error) {
      this.errorText = messageOf(error);
    }
  }

  async load() {
    this.loading = true;
    try {
      await this.reload();
    } finally {
      this.loading = false;
    }
  }

  async reload() {
    const load = ++this.loads;
    const { info, view } = this;
    const columns = columnsOf(info, view.columns, { sortable: true, hideDefaultActions: false });
    this.sortedBy ??= this.firstSort(columns);
    const sort = { column: this.sortedBy, descending: this.sortedDirection === 'desc' };
    try {
      const { records, totalSize } = await query(
        listQuery(info, view, { sort, searchText: this.searchText }),
      );
      if (load !== this.loads) return;
      this.columns = columns;
      this.total = records.length < rowLimit ? records.length : Math.max(totalSize, records.length + 1);
      this.rows = records.map((record) => rowOfQuery(record, info, view.columns));
      this.errorText = undefined;
      document.title = `${view.label} | ${info.labelPlural} | Invoicebridge sandbox`;
    } catch (error) {
      // What was read before stays on the page when it cannot be read again for a moment.
      if (load === this.loads && !this.rows) this.errorText = messageOf(error);
    }
  }

  // Numbered records are wanted newest first, others by their names.
  firstSort(columns) {
    const name = nameFieldOf(this.info);
    this.sortedDirection =
      this.info.fields[name]?.autoNumber || this.objectApiName.endsWith('__c') ? 'desc' : 'asc';
    return columns.some(({ fieldName }) => fieldName === `${name}Link`)
      ? `${name}Link`
      : columns[0].fieldName;
  }

  handleView({ detail }) {
    goTo(`/lightning/o/${this.objectApiName}/list?filterName=${encodeURIComponent(detail.value)}`);
  }

  handleSort({ detail }) {
    this.sortedBy = detail.fieldName;
    this.sortedDirection = detail.sortDirection;
    this.load();
  }

  handleSearch({ detail }) {
    this.searchText = detail.value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 300);
  }

  openNew() {
    this.creating = true;
  }

  closeNew() {
    this.creating = false;
  }
}
