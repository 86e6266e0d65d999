import { LightningElement, api } from 'lwc';
import { loadPicklistValues } from 'runtime/objectInfo';
import { addressFields, addressOf } from 'shell/address';

// An address without https:// is a valid value of a Url field, but not of an input of that type.
const inputTypes = { Email: 'email', Phone: 'tel', Date: 'date', DateTime: 'datetime' };
const numberTypes = ['Currency', 'Double', 'Int', 'Percent'];

/** An input for a field. Fires `fieldchange` with `{field: value, ...}`: an address is several fields. */
export default class FieldInput extends LightningElement {
  @api objectApiName;
  @api field;
  @api record;
  @api required = false;
  @api error;
  options = [];
  changed = {};

  connectedCallback() {
    if (this.isPicklist) this.loadOptions();
  }

  renderedCallback() {
    const input = this.input;
    if (this.shownError === this.error || !input?.setCustomValidity) return;
    this.shownError = this.error;
    input.setCustomValidity(this.error ?? '');
    input.reportValidity();
  }

  @api
  reportValidity() {
    return this.input?.reportValidity?.() ?? true;
  }

  @api
  focus() {
    this.input?.focus();
  }

  get input() {
    return this.template.querySelector(
      'lightning-input, lightning-combobox, lightning-textarea, lightning-input-address, shell-lookup',
    );
  }

  get type() {
    return this.field.dataType;
  }
  get value() {
    const { apiName } = this.field;
    return apiName in this.changed ? this.changed[apiName] : (this.record?.fields[apiName]?.value ?? null);
  }
  get picklistValue() {
    return this.value ?? '';
  }
  get address() {
    return addressOf(this.record, this.field.apiName) ?? {};
  }
  get inputType() {
    return inputTypes[this.type] ?? 'text';
  }
  get maxLength() {
    return this.field.length > 0 ? this.field.length : undefined;
  }
  get step() {
    return this.field.scale > 0 ? String(1 / 10 ** this.field.scale) : '1';
  }
  get formatter() {
    return this.type === 'Currency' ? 'currency' : 'decimal';
  }
  get messageApart() {
    return this.isAddress && this.error;
  }

  get isAddress() {
    return this.type === 'Address';
  }
  get isPicklist() {
    return this.type === 'Picklist';
  }
  get isReference() {
    return this.type === 'Reference';
  }
  get isLongText() {
    return this.type === 'TextArea';
  }
  get isBoolean() {
    return this.type === 'Boolean';
  }
  get isNumber() {
    return numberTypes.includes(this.type);
  }

  async loadOptions() {
    const { picklistFieldValues } = await loadPicklistValues(this.objectApiName);
    const values = picklistFieldValues[this.field.apiName]?.values ?? [];
    const none = this.required ? [] : [{ label: '--None--', value: '' }];
    this.options = [...none, ...values.map(({ label, value }) => ({ label, value }))];
  }

  handleValue({ detail }) {
    this.tell(detail.value === '' ? null : detail.value);
  }

  handleNumber({ detail }) {
    this.tell(detail.value === '' || detail.value === null ? null : Number(detail.value));
  }

  handleChecked({ detail }) {
    this.tell(detail.checked);
  }

  handleAddress({ detail }) {
    const fields = addressFields(this.field.apiName);
    this.fire(
      Object.fromEntries(Object.entries(fields).map(([part, field]) => [field, detail[part] || null])),
    );
  }

  tell(value) {
    this.changed = { [this.field.apiName]: value };
    this.fire(this.changed);
  }

  fire(detail) {
    if (this.error) this.input?.setCustomValidity?.('');
    this.dispatchEvent(new CustomEvent('fieldchange', { detail }));
  }
}
