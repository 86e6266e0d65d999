import { LightningElement, api, wire } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { getRecord, updateRecord } from 'lightning/uiRecordApi';
import { messageOf, saveErrors } from 'runtime/errors';
import { fieldsOfSections, layoutOf } from 'shell/fieldSections';
import { fieldsOfLayout } from 'shell/layoutFields';
import { nameFieldOf } from 'shell/objects';

/** A record's details with inline editing. What changes in the org meanwhile does not touch what is being typed. */
export default class DetailPanel extends LightningElement {
  @api recordId;
  @api info;
  @api layout;
  /** Instead of a layout: the sections of fields of the record's page, of which the record decides which are shown. */
  @api sections;
  loaded;
  edited;
  editing = false;
  saving = false;
  errors = {};
  generalErrors = [];
  errorText;

  @wire(getRecord, { recordId: '$recordId', optionalFields: '$paths' })
  handleRecord({ data, error }) {
    if (data) this.loaded = data;
    this.errorText = error && messageOf(error);
  }

  get paths() {
    return this.sections
      ? fieldsOfSections(this.info, this.sections)
      : fieldsOfLayout(this.info, this.layout);
  }
  get shownLayout() {
    return this.sections ? layoutOf(this.sections, this.record) : this.layout;
  }
  get record() {
    return this.editing ? this.edited : this.loaded;
  }

  @api
  edit(field) {
    this.edited = this.loaded;
    Object.assign(this, { editing: true, errors: {}, generalErrors: [] });
    this.editedField = field ?? '';
    this.fieldToFocus = this.editedField;
  }

  renderedCallback() {
    if (this.fieldToFocus === undefined || !this.refs.form) return;
    this.refs.form.focusField(this.fieldToFocus);
    this.fieldToFocus = undefined;
  }

  handleEdit({ detail }) {
    this.edit(detail);
  }

  handleKey(event) {
    if (this.editing && event.key === 'Escape' && !event.defaultPrevented) this.cancel();
  }

  cancel() {
    this.refs.form.reset();
    this.editing = false;
    this.fieldToFocus = this.editedField;
  }

  async save() {
    if (!this.refs.form.reportValidity()) return;
    const fields = this.refs.form.getChanges();
    if (Object.keys(fields).length === 0) {
      this.cancel();
      return;
    }
    this.saving = true;
    try {
      await updateRecord({ fields: { Id: this.recordId, ...fields } });
      this.cancel();
      const name = this.loaded.fields[nameFieldOf(this.info)]?.value;
      const title = `${this.info.label} "${name}" was saved.`;
      this.dispatchEvent(new ShowToastEvent({ title, variant: 'success' }));
    } catch (error) {
      const { general, byField } = saveErrors(error);
      this.errors = byField;
      this.generalErrors = general.length > 0 ? general : ['Review the errors on the fields.'];
      // The button lost the focus when it was disabled.
      this.fieldToFocus = Object.keys(byField)[0] ?? this.editedField;
    } finally {
      this.saving = false;
    }
  }
}
