import { api } from 'lwc';
import getSendPreview from '@salesforce/apex/InvoiceCommandController.getSendPreview';
import ActionDialog from 'c/actionDialog';
import { format } from 'c/labelText';
import { LABELS } from './labels';

/** Dialog of an action that needs a yes and nothing else. Closes with the command's result once there is one. */
export default class ConfirmAction extends ActionDialog {
  /** What will happen; {0} is the address that a mail goes to. */
  @api consequences = [];
  @api isMailed = false;
  @api isDestructive = false;

  labels = LABELS;

  read() {
    return getSendPreview({ invoiceId: this.recordId });
  }

  get recipient() {
    return this.preview.recipient ?? LABELS.noAddress;
  }
  get facts() {
    const { name, accountName, status, amount, amountRemaining } = this.preview;
    const isDraft = status === 'Draft';
    return [
      { id: 'name', label: LABELS.invoice, value: name },
      { id: 'customer', label: LABELS.customer, value: accountName },
      ...(this.isMailed ? [{ id: 'recipient', label: LABELS.recipient, value: this.recipient }] : []),
      isDraft
        ? { id: 'amount', label: LABELS.amount, value: amount, isMoney: true }
        : { id: 'amount', label: LABELS.amountRemaining, value: amountRemaining, isMoney: true },
    ];
  }
  get told() {
    return this.consequences.map((consequence) => format(consequence, this.recipient));
  }
  get variant() {
    return this.isDestructive ? 'destructive' : 'brand';
  }

  handleConfirm() {
    return this.run(null);
  }
}
