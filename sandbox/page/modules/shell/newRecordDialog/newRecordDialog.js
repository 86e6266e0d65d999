import { LightningElement, api } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { createRecord } from 'lightning/uiRecordApi';
import { messageOf, saveErrors } from 'runtime/errors';
import { navigate } from 'runtime/navigation';
import { loadLayout, loadObjectInfo, loadRecordPage } from 'runtime/objectInfo';
import { fieldSectionsOf, layoutOf } from 'shell/fieldSections';
import { nameFieldOf } from 'shell/objects';

/** Creates a record with the fields of its page, or of its layout where the page has none, and goes to it. */
export default class NewRecordDialog extends LightningElement {
  @api objectApiName;
  info;
  layout;
  errors = {};
  generalErrors = [];
  saving = false;

  async connectedCallback() {
    try {
      this.info = await loadObjectInfo(this.objectApiName);
      const { regions } = await loadRecordPage(this.objectApiName);
      const sections = fieldSectionsOf(regions);
      this.layout = sections.length > 0 ? layoutOf(sections) : await loadLayout(this.objectApiName);
    } catch (error) {
      this.generalErrors = [messageOf(error)];
    }
  }

  get title() {
    return `New ${this.info?.label ?? ''}`;
  }

  close() {
    this.dispatchEvent(new CustomEvent('close'));
  }

  async save() {
    if (!this.refs.form.reportValidity()) return;
    this.saving = true;
    try {
      const record = await createRecord({ apiName: this.objectApiName, fields: this.refs.form.getChanges() });
      const name = record.fields?.[nameFieldOf(this.info)]?.value ?? '';
      this.dispatchEvent(
        new ShowToastEvent({ title: `${this.info.label} "${name}" was created.`, variant: 'success' }),
      );
      this.close();
      const attributes = { objectApiName: this.objectApiName, recordId: record.id, actionName: 'view' };
      navigate({ type: 'standard__recordPage', attributes });
    } catch (error) {
      const { general, byField } = saveErrors(error);
      this.errors = byField;
      this.generalErrors = general.length > 0 ? general : ['Review the errors on the fields.'];
      // The button lost the focus when it was disabled, and the dialog with it.
      this.refs.form.focusField(Object.keys(byField)[0]);
    } finally {
      this.saving = false;
    }
  }
}
