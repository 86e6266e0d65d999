import { LightningElement, api, wire } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import LAST_MODIFIED from '@salesforce/schema/Invoice__c.LastModifiedDate';
import LAST_SYNCED_AT from '@salesforce/schema/Invoice__c.Last_Synced_At__c';
import STATUS from '@salesforce/schema/Invoice__c.Status__c';
import getDraft from '@salesforce/apex/InvoiceDraftController.getDraft';
import saveDraft from '@salesforce/apex/InvoiceDraftController.saveDraft';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';
import { inWords } from 'c/errors';
import { newRequestKey } from 'c/requestKey';
import { LABELS } from './labels';

/** Lines of an invoice. While it is a draft, its description, due date and lines can be edited here in one go. */
export default class InvoiceLines extends LightningElement {
  @api recordId;
  labels = LABELS;
  draft;
  lines = [];
  deletedLineIds = [];
  description = '';
  dueDate = null;
  isLoading = true;
  isEditing = false;
  isBusy = false;
  errorText = '';
  nextKey = 1;
  moveFocus = null;

  /** The record changes whenever its lines do, because totals and the sync time change with them: read them again. */
  @wire(getRecord, { recordId: '$recordId', fields: [STATUS, LAST_SYNCED_AT, LAST_MODIFIED] })
  wiredInvoice({ data, error }) {
    if (data && !this.isEditing) this.load();
    if (error) {
      this.errorText = inWords(error);
      this.isLoading = false;
    }
  }

  async load() {
    try {
      const draft = await getDraft({ invoiceId: this.recordId });
      if (!this.isEditing) this.show(draft);
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isLoading = false;
    }
  }

  get isWorking() {
    return this.isLoading || this.isBusy;
  }
  get canEdit() {
    return Boolean(this.draft?.editable) && !this.isEditing;
  }
  get hasLines() {
    return this.lines.length > 0;
  }
  get cannotSave() {
    return this.isBusy || !this.hasLines;
  }

  handleEdit() {
    this.isEditing = true;
    this.moveFocus = () => this.template.querySelector('lightning-textarea').focus();
  }

  handleField(event) {
    this[event.currentTarget.dataset.field] = event.detail.value;
  }

  handleLineChange(event) {
    const { key, values } = event.detail;
    this.lines = this.lines.map((line) => (line.key === key ? { ...line, ...values } : line));
  }

  handleLineRemove(event) {
    const removed = this.lines.find((line) => line.key === event.detail.key);
    if (removed.lineId) this.deletedLineIds = [...this.deletedLineIds, removed.lineId];
    this.lines = this.lines.filter((line) => line !== removed);
    this.moveFocus = () => this.template.querySelector('[data-id=add]').focus();
  }

  handleAdd() {
    const key = `new-${this.nextKey}`;
    this.nextKey += 1;
    this.lines = [...this.lines, { key, quantity: '1' }];
    this.moveFocus = () => this.template.querySelector('c-line-table').focusLine(key);
  }

  handleCancel() {
    this.isEditing = false;
    this.show(this.draft);
    // What others changed meanwhile was held back while editing.
    this.load();
  }

  async handleSave() {
    if (this.isBusy || !this.areFieldsValid()) return;
    this.isBusy = true;
    this.errorText = '';
    try {
      const saved = await saveDraft({
        invoiceId: this.recordId,
        description: this.description,
        dueDate: this.dueDate,
        lines: this.lines.map(toInput),
        deletedLineIds: this.deletedLineIds,
      });
      this.isEditing = false;
      this.show(saved);
      this.dispatchEvent(new ShowToastEvent(await this.bringToStripe()));
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isBusy = false;
    }
  }

  /** The lines are saved by now: whatever happens here, the engine brings them to Stripe later at the latest. */
  async bringToStripe() {
    try {
      const result = await syncInvoice({ invoiceId: this.recordId, idempotencyKey: newRequestKey() });
      if (result.status === 'done') {
        return { title: LABELS.saved, message: result.message, variant: 'success' };
      }
      if (result.status === 'running') {
        return { title: LABELS.saved, message: LABELS.reachesStripeLater, variant: 'success' };
      }
      return savedHereOnly(result.message);
    } catch (error) {
      return savedHereOnly(inWords(error));
    }
  }

  show(draft) {
    this.errorText = '';
    this.draft = draft;
    this.description = draft.description ?? '';
    this.dueDate = draft.dueDate;
    this.lines = draft.lines.map((line) => ({ ...line, key: line.lineId }));
    this.deletedLineIds = [];
  }

  areFieldsValid() {
    const fields = this.template.querySelectorAll('lightning-input, lightning-textarea, c-line-table');
    return [...fields].map((field) => field.reportValidity()).every(Boolean);
  }

  /** What had the focus may be gone after an edit; without this, keyboard and screen reader start at the page's top. */
  renderedCallback() {
    this.moveFocus?.();
    this.moveFocus = null;
  }
}

function savedHereOnly(reason) {
  const message = `${LABELS.reachesStripeLater} ${reason}`;
  return { title: LABELS.saved, message, variant: 'warning', mode: 'sticky' };
}

function toInput({ lineId, productId, description, unitPrice, quantity }) {
  return {
    lineId: lineId ?? null,
    productId: productId ?? null,
    description: description || null,
    unitPrice: Number(unitPrice),
    quantity: Number(quantity),
  };
}
