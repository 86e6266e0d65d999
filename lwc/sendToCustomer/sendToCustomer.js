import { LightningElement, api } from 'lwc';
import { CloseActionScreenEvent } from 'lightning/actions';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getSendPreview from '@salesforce/apex/InvoiceCommandController.getSendPreview';
import sendInvoice from '@salesforce/apex/InvoiceCommandController.sendInvoice';
import { inWords } from 'c/errors';
import { format } from 'c/labelText';
import { newRequestKey } from 'c/requestKey';
import { LABELS } from './labels';

/** Screen action of an invoice: says what sending means, sends, and says what really happened. */
export default class SendToCustomer extends LightningElement {
  labels = LABELS;
  preview;
  isLoading = true;
  isBusy = false;
  errorText = '';
  // The same for every try whose answer was lost, so the customer gets one mail.
  idempotencyKey = newRequestKey();

  _recordId;

  /** The platform sets the id after the action has been connected, so loading starts here. */
  @api
  get recordId() {
    return this._recordId;
  }
  set recordId(value) {
    if (!value || value === this._recordId) return;
    this._recordId = value;
    this.load();
  }

  async load() {
    try {
      this.preview = await getSendPreview({ invoiceId: this.recordId });
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isLoading = false;
    }
  }

  get isWorking() {
    return this.isLoading || this.isBusy;
  }
  get canSend() {
    return Boolean(this.preview) && !this.preview.problem;
  }
  get closeLabel() {
    return this.canSend ? LABELS.cancel : LABELS.close;
  }
  get consequences() {
    const mail = format(LABELS.willMail, this.preview.recipient);
    // An invoice that was finalized in Stripe but never mailed is final already.
    return this.preview.status === 'Draft'
      ? [LABELS.willFinalize, mail, LABELS.cannotUndo]
      : [LABELS.isFinal, mail];
  }

  handleClose() {
    this.dispatchEvent(new CloseActionScreenEvent());
  }

  async handleSend() {
    if (this.isBusy) return;
    this.isBusy = true;
    this.errorText = '';
    try {
      const result = await sendInvoice({ invoiceId: this.recordId, idempotencyKey: this.idempotencyKey });
      if (result.status === 'failed') {
        // The refusal is final for this key; when the cause is mended, the next try is a new command.
        this.idempotencyKey = newRequestKey();
        this.errorText = result.message;
        return;
      }
      this.dispatchEvent(new ShowToastEvent(this.toastFor(result)));
      this.dispatchEvent(new CloseActionScreenEvent());
    } catch (error) {
      this.errorText = inWords(error);
    } finally {
      this.isBusy = false;
      notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    }
  }

  /** A send can end Paid: nothing due, a credit balance that covers it, or an amount below the smallest charge. */
  toastFor({ status, invoice, message }) {
    if (status !== 'done') return { title: LABELS.sendRunning, message, variant: 'info' };
    if (invoice?.status === 'Paid') {
      return { title: LABELS.paidAtOnce, message, variant: 'success', mode: 'sticky' };
    }
    return { title: format(LABELS.sent, this.preview.name), message, variant: 'success' };
  }
}
