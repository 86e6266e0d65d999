import { LightningElement, api, wire } from 'lwc';
import LightningConfirm from 'lightning/confirm';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { deleteRecord, getRecord } from 'lightning/uiRecordApi';
import { messageOf } from 'runtime/errors';
import { navigate } from 'runtime/navigation';
import { compactFields, iconOf, nameFieldOf } from 'shell/objects';
import { labelOf, pathOf } from 'shell/rows';

const buttonsShown = 3;

/** Highlights panel: name, compact fields and actions of a record. */
export default class RecordHeader extends LightningElement {
  @api recordId;
  @api info;
  @api actions = [];
  data;

  @wire(getRecord, { recordId: '$recordId', optionalFields: '$paths' })
  handleRecord({ data }) {
    if (!data) return;
    this.data = data;
    document.title = `${this.name} | ${this.info.label} | Invoicebridge sandbox`;
  }

  get fields() {
    return [nameFieldOf(this.info), ...compactFields(this.info)].map((field) => this.info.fields[field]);
  }
  get paths() {
    const paths = this.fields.flatMap((field) => [field.apiName, pathOf(field)]);
    return [...new Set(paths)].map((path) => `${this.info.apiName}.${path}`);
  }
  get icon() {
    return iconOf(this.info.apiName);
  }
  get name() {
    return this.data?.fields[nameFieldOf(this.info)]?.value ?? '';
  }
  get highlights() {
    return this.data ? this.fields.slice(1).map((field) => ({ ...field, label: labelOf(field) })) : [];
  }
  get buttons() {
    return this.actions.slice(0, buttonsShown);
  }
  get menu() {
    const more = [...this.actions.slice(buttonsShown)];
    if (this.info.updateable) more.push({ apiName: 'Edit', label: 'Edit' });
    if (this.info.deletable) more.push({ apiName: 'Delete', label: 'Delete' });
    return more;
  }
  get hasMenu() {
    return this.menu.length > 0;
  }

  handleButton(event) {
    this.act(event.currentTarget.dataset.action);
  }

  handleMenu({ detail }) {
    this.act(detail.value);
  }

  act(apiName) {
    if (apiName === 'Edit') this.dispatchEvent(new CustomEvent('edit'));
    else if (apiName === 'Delete') this.deleteRecord();
    else {
      const detail = this.actions.find((action) => action.apiName === apiName);
      this.dispatchEvent(new CustomEvent('action', { detail }));
    }
  }

  async deleteRecord() {
    const { label, apiName } = this.info;
    const message = `Are you sure you want to delete this ${label.toLowerCase()}?`;
    if (!(await LightningConfirm.open({ label: `Delete ${label}`, message, theme: 'default' }))) return;
    const { name } = this;
    try {
      await deleteRecord(this.recordId);
      this.dispatchEvent(
        new ShowToastEvent({ title: `${label} "${name}" was deleted.`, variant: 'success' }),
      );
      navigate(
        { type: 'standard__objectPage', attributes: { objectApiName: apiName, actionName: 'list' } },
        true,
      );
    } catch (error) {
      const title = `${label} "${name}" was not deleted.`;
      this.dispatchEvent(
        new ShowToastEvent({ title, message: messageOf(error), variant: 'error', mode: 'sticky' }),
      );
    }
  }
}
