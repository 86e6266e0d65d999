import { LightningElement, api } from 'lwc';
import { labelOf } from 'shell/rows';

/**
 * The sections of a page layout with the values of a record, or with inputs for what the user may change. Fires `edit` with
 * a field when its pencil is pressed. The changes are kept here until they are asked for.
 */
export default class RecordForm extends LightningElement {
  @api info;
  @api layout;
  @api record;
  /** Saving errors by field. */
  @api errors = {};
  /** A record that is not there yet: what may be set on creation is open. */
  @api isNew = false;
  /** Fields can be edited at their pencil. */
  @api inlineEdit = false;
  @api editing = false;
  changes = {};

  @api
  getChanges() {
    return { ...this.changes };
  }

  @api
  reset() {
    this.changes = {};
  }

  @api
  reportValidity() {
    const inputs = [...this.template.querySelectorAll('shell-field-input')];
    return inputs.map((input) => input.reportValidity()).every(Boolean);
  }

  /** Puts the focus on the field's input, or on its pencil. */
  @api
  focusField(apiName) {
    const tag = this.editing ? 'shell-field-input' : 'lightning-button-icon';
    const controls = [...this.template.querySelectorAll(tag)];
    const wanted = controls.find((control) => control.dataset.field === apiName) ?? controls[0];
    wanted?.focus();
  }

  get sections() {
    return this.layout.sections
      .map((section, index) => ({
        id: section.id ?? String(index),
        heading: section.useHeading === false ? undefined : section.heading,
        items: section.layoutRows.flatMap((row, rowIndex) =>
          row.layoutItems.map((item, column) => this.itemOf(item, `${rowIndex}-${column}`, section.columns)),
        ),
      }))
      .filter(({ items }) => items.some(({ field }) => field));
  }

  itemOf(item, key, columns) {
    const size = columns === 1 ? 'slds-size_1-of-1' : 'slds-size_1-of-1 slds-medium-size_1-of-2';
    const className = `${size} slds-p-horizontal_small slds-p-bottom_xx-small`;
    const field = this.fieldOf(item);
    if (!field) return { key, className };
    const editable = this.isEditable(item, field);
    // There is nothing to show of what the org sets once the record is there.
    if (this.isNew && !editable) return { key, className };
    return {
      key,
      className,
      field,
      required: Boolean(item.required),
      input: this.editing && editable,
      pencil: this.inlineEdit && !this.editing && editable,
      editText: `Edit ${field.label}`,
      error: this.errors[field.apiName],
    };
  }

  /** The field of a layout item; an address is one item of several fields and stands for them. */
  fieldOf({ layoutComponents, label }) {
    const names = layoutComponents
      .filter(({ componentType }) => componentType === 'Field')
      .map(({ apiName }) => apiName);
    const compound = names.length > 1 ? this.info.fields[names[0]]?.compoundFieldName : undefined;
    const described = this.info.fields[compound ?? names[0]];
    if (described) return { ...described, label: labelOf({ ...described, label: label ?? described.label }) };
    // Address fields themselves are not in the object's description when only their parts are.
    const address = /Address$/.test(names[0] ?? '') ? names[0] : undefined;
    return address ? { apiName: address, label, dataType: 'Address' } : undefined;
  }

  isEditable(item, field) {
    const described = field.dataType === 'Address' ? this.info.fields[partOf(field)] : field;
    if (this.isNew) return Boolean(item.editableForNew && (described?.createable ?? described?.updateable));
    return Boolean(item.editableForUpdate && described?.updateable);
  }

  handlePencil(event) {
    const { field } = event.currentTarget.dataset;
    if (this.inlineEdit && !this.editing && this.canEdit(field)) {
      this.dispatchEvent(new CustomEvent('edit', { detail: field }));
    }
  }

  canEdit(field) {
    return this.sections.some(({ items }) =>
      items.some((item) => item.field?.apiName === field && item.pencil),
    );
  }

  handleChange({ detail }) {
    Object.assign(this.changes, detail);
  }
}

function partOf({ apiName }) {
  return apiName.replace(/Address$/, 'City');
}
