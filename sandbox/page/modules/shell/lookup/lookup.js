import { LightningElement, api } from 'lwc';
import { loadObjectInfo } from 'runtime/objectInfo';
import { query } from 'runtime/orgClient';
import { likePattern } from 'runtime/soql';
import { iconOf } from 'shell/objects';
import { pathOf } from 'shell/rows';

/** Chooses another record for a lookup field. Fires `change` with the id, or null. */
export default class Lookup extends LightningElement {
  @api field;
  @api required = false;
  items = [];
  text = '';
  searching = false;
  recordId = null;
  name;
  searches = 0;
  labelPlural = '';

  _record;
  @api
  get record() {
    return this._record;
  }
  set record(record) {
    if (this._record) return;
    this._record = record;
    const [relationship, name] = pathOf(this.field).split('.');
    this.recordId = record?.fields[this.field.apiName]?.value ?? null;
    this.name = record?.fields[relationship]?.value?.fields?.[name]?.value ?? this.recordId;
  }

  async connectedCallback() {
    this.labelPlural = (await loadObjectInfo(this.target).catch(() => ({}))).labelPlural ?? '';
  }

  @api
  setCustomValidity(message) {
    this.refsInput.setCustomValidity(message);
  }

  @api
  reportValidity() {
    return this.refsInput.reportValidity();
  }

  @api
  focus() {
    this.refsInput.focus();
  }

  get refsInput() {
    return this.template.querySelector('lightning-grouped-combobox');
  }
  get target() {
    return this.field.referenceToInfos[0].apiName;
  }
  get nameField() {
    return pathOf(this.field).split('.')[1];
  }
  get placeholder() {
    return `Search ${this.labelPlural}...`;
  }
  get pill() {
    return this.recordId
      ? { iconName: iconOf(this.target), label: this.name, value: this.recordId }
      : undefined;
  }

  handleText({ detail }) {
    this.text = detail.text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), 200);
  }

  handleClick() {
    if (this.items.length === 0) this.search();
  }

  async search() {
    const search = ++this.searches;
    this.searching = true;
    const where = this.text.trim() ? ` WHERE ${this.nameField} LIKE ${likePattern(this.text.trim())}` : '';
    const soql = `SELECT Id, ${this.nameField} FROM ${this.target}${where} ORDER BY ${this.nameField} LIMIT 10`;
    const { records } = await query(soql).catch(() => ({ records: [] }));
    if (search !== this.searches) return;
    this.searching = false;
    this.items = records.map((record) => ({
      type: 'option-card',
      iconName: iconOf(this.target),
      text: record[this.nameField],
      value: record.Id,
    }));
  }

  handleSelect({ detail }) {
    this.choose(detail.value, this.items.find(({ value }) => value === detail.value)?.text);
  }

  handleRemove() {
    this.choose(null);
  }

  choose(recordId, name) {
    Object.assign(this, { recordId, name, text: '' });
    this.dispatchEvent(new CustomEvent('change', { detail: { value: recordId } }));
  }
}
