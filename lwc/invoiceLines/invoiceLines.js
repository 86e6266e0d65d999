import { LightningElement, api, wire } from 'lwc';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { getRecord, notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import LAST_MODIFIED from '@salesforce/schema/Invoice__c.LastModifiedDate';
import LAST_SYNCED_AT from '@salesforce/schema/Invoice__c.Last_Synced_At__c';
import STATUS from '@salesforce/schema/Invoice__c.Status__c';
import getDraft from '@salesforce/apex/InvoiceDraftController.getDraft';
import saveDraft from '@salesforce/apex/InvoiceDraftController.saveDraft';
import syncInvoice from '@salesforce/apex/InvoiceCommandController.syncInvoice';
import { savedToast } from 'c/commandResult';
import { lineInput, optionsInput } from 'c/draftInputs';
import { inWords } from 'c/errors';
import { invoiceSums } from 'c/invoiceSums';
import { format } from 'c/labelText';
import { toScaled } from 'c/money';
import { newRequestKey } from 'c/requestKey';
import { LABELS } from './labels';

/** Lines of an invoice and what they come to. While it is a draft, all that people may say of it is edited here in one go. */
export default class InvoiceLines extends LightningElement {
  @api recordId;
  labels = LABELS;
  draft;
  lines = [];
  deletedLineIds = [];
  // What the person has changed, of the terms and of the options: all else may be changed by others meanwhile.
  terms = {};
  changedOptions = {};
  isLoading = true;
  isEditing = false;
  isBusy = false;
  errorText = '';
  isMoreInStripe = false;
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

  get description() {
    return this.terms.description ?? this.draft.description;
  }
  get due() {
    const { dueDate, paymentTerms } = 'dueDate' in this.terms ? this.terms : this.draft;
    return { dueDate, paymentTerms };
  }
  get options() {
    return { ...this.draft.options, ...this.changedOptions };
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
  /** Why there is nothing to edit; null while there is. */
  get isFinal() {
    const status = this.draft?.status;
    return status && status !== 'Draft' ? format(LABELS.isFinal, status) : null;
  }

  /** As Stripe has computed them, unless somebody is changing what they follow from. */
  get sums() {
    return this.isEditing ? this.preview : (this.computed ?? this.preview);
  }
  get preview() {
    const { lines, options } = this;
    const { taxRates, currencyDecimals } = this.draft;
    return invoiceSums({ lines, options, taxRates }, currencyDecimals);
  }
  get computed() {
    const { totals, currencyDecimals } = this.draft;
    if (!totals) return null;
    const [subtotal, discount, tax, total] = ['subtotal', 'discount', 'tax', 'total'].map((name) =>
      toScaled(totals[name] ?? 0, currencyDecimals),
    );
    const inclusive = total === subtotal - discount;
    return {
      subtotal,
      discount,
      taxes: tax > 0 ? [{ name: LABELS.tax, inclusive, amount: tax }] : [],
      total,
    };
  }
  get note() {
    return this.isEditing && this.isMoreInStripe ? LABELS.moreInStripe : null;
  }

  handleEdit() {
    // Coupons of the customer, several tax rates of one line, an exemption: the org knows nothing of those.
    const { computed, preview } = this;
    this.isMoreInStripe = computed?.subtotal === preview.subtotal && computed.total !== preview.total;
    this.isEditing = true;
    this.moveFocus = () => this.template.querySelector('lightning-textarea').focus();
  }

  handleDescription(event) {
    this.terms = { ...this.terms, description: event.detail.value };
  }
  handleDue({ detail }) {
    this.terms = { ...this.terms, ...detail };
  }
  handleOptions({ detail }) {
    this.changedOptions = { ...this.changedOptions, ...detail };
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
    this.endEdit(this.draft);
    // What others changed meanwhile was held back while editing.
    this.load();
  }

  async handleSave() {
    if (this.isBusy || !this.areFieldsValid()) return;
    this.isBusy = true;
    this.errorText = '';
    try {
      // What others have changed since, and this person has not, stays.
      this.draft = await getDraft({ invoiceId: this.recordId });
      const saved = await saveDraft({
        invoiceId: this.recordId,
        description: this.description,
        ...this.due,
        lines: this.lines.map(lineInput),
        deletedLineIds: this.deletedLineIds,
        options: optionsInput(this.options),
      });
      this.endEdit(saved);
      const toast = await savedToast(LABELS.saved, () =>
        syncInvoice({ invoiceId: this.recordId, idempotencyKey: newRequestKey() }),
      );
      this.dispatchEvent(new ShowToastEvent(toast));
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isBusy = false;
    }
  }

  /** The card is much shorter then: the focus goes with it, and the page to it. */
  endEdit(draft) {
    this.isEditing = false;
    this.show(draft);
    this.moveFocus = () => this.template.querySelector('[data-id=edit]')?.focus();
  }

  show(draft) {
    this.errorText = '';
    this.draft = draft;
    this.terms = {};
    this.changedOptions = {};
    this.lines = draft.lines.map((line) => ({ ...line, key: line.lineId }));
    this.deletedLineIds = [];
  }

  areFieldsValid() {
    const fields = this.template.querySelectorAll(
      'lightning-textarea, c-due-date-input, c-line-table, c-invoice-options',
    );
    return [...fields].map((field) => field.reportValidity()).every(Boolean);
  }

  /** What had the focus may be gone after an edit; without this, keyboard and screen reader start at the page's top. */
  renderedCallback() {
    this.moveFocus?.();
    this.moveFocus = null;
  }
}
