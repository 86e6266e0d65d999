import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import { notifyRecordUpdateAvailable } from 'lightning/uiRecordApi';
import getSendPreview from '@salesforce/apex/InvoiceCommandController.getSendPreview';
import sendInvoice from '@salesforce/apex/InvoiceCommandController.sendInvoice';
import { Attempt } from 'c/attempt';
import { format } from 'c/labelText';
import ScreenAction from 'c/screenAction';
import { LABELS } from './labels';

/** Screen action of an invoice: says what sending means, sends, and says what really happened. */
export default class SendToCustomer extends ScreenAction {
  labels = LABELS;
  // However many tries it takes, the customer gets one mail.
  attempt = new Attempt();

  read() {
    return getSendPreview({ invoiceId: this.recordId });
  }

  get canSend() {
    return Boolean(this.preview) && !this.preview.problem;
  }
  get facts() {
    const { name, accountName, recipient, recipientSource, amount, dueDate } = this.preview;
    return [
      { id: 'name', label: LABELS.invoice, value: name },
      { id: 'customer', label: LABELS.customer, value: accountName },
      {
        id: 'recipient',
        label: LABELS.recipient,
        value: recipient,
        note: recipientSource,
        isStrong: true,
      },
      { id: 'amount', label: LABELS.amount, value: amount, isMoney: true },
      { id: 'due-date', label: LABELS.dueDate, value: dueDate, isDate: true },
    ].filter(({ value }) => value !== null && value !== undefined);
  }
  get consequences() {
    const mail = format(LABELS.willMail, this.preview.recipient);
    // An invoice that was finalized in Stripe but never mailed is final already.
    return this.preview.status === 'Draft'
      ? [LABELS.willFinalize, mail, LABELS.cannotUndo]
      : [LABELS.isFinal, mail];
  }

  async handleSend() {
    if (this.isBusy) return;
    this.isBusy = true;
    this.errorText = '';
    const { result, errorText } = await this.attempt.run((idempotencyKey) =>
      sendInvoice({ invoiceId: this.recordId, idempotencyKey }),
    );
    this.isBusy = false;
    notifyRecordUpdateAvailable([{ recordId: this.recordId }]);
    if (result) {
      this.dispatchEvent(new ShowToastEvent(this.toastFor(result)));
      this.handleClose();
    } else this.errorText = errorText;
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
