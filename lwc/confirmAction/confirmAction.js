import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import getSendPreview from '@salesforce/apex/InvoiceCommandController.getSendPreview';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { inWords } from 'c/errors';
import { format } from 'c/labelText';
import { newRequestKey } from 'c/requestKey';
import { LABELS } from './labels';

/** Dialog of an action that needs a yes and nothing else. Closes with the command's result once there is one. */
export default class ConfirmAction extends LightningModal {
  @api recordId;
  @api action;
  /** What will happen; {0} is the address that a mail goes to. */
  @api consequences = [];
  @api isMailed = false;
  @api isDestructive = false;

  labels = LABELS;
  preview;
  isLoading = true;
  isBusy = false;
  errorText = '';
  // The same for every try whose answer was lost, so that it is done once.
  idempotencyKey = newRequestKey();

  connectedCallback() {
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
  get recipient() {
    return this.preview.recipient ?? LABELS.noAddress;
  }
  get isDraft() {
    return this.preview.status === 'Draft';
  }
  get amount() {
    return this.isDraft ? this.preview.amount : this.preview.amountRemaining;
  }
  get amountLabel() {
    return this.isDraft ? LABELS.amount : LABELS.amountRemaining;
  }
  get told() {
    return this.consequences.map((consequence) => format(consequence, this.recipient));
  }
  get variant() {
    return this.isDestructive ? 'destructive' : 'brand';
  }
  get closeLabel() {
    return this.preview ? LABELS.cancel : LABELS.close;
  }

  handleClose() {
    this.close();
  }

  async handleConfirm() {
    if (this.isBusy) return;
    this.setBusy(true);
    this.errorText = '';
    try {
      const result = await runAction({
        invoiceId: this.recordId,
        action: this.action,
        params: null,
        idempotencyKey: this.idempotencyKey,
      });
      this.setBusy(false);
      if (result.status !== 'failed') {
        this.close(result);
        return;
      }
      // The refusal is final for this key; when the cause is mended, the next try is a new command.
      this.idempotencyKey = newRequestKey();
      this.errorText = result.message;
    } catch (error) {
      this.setBusy(false);
      this.errorText = inWords(error);
    }
  }

  /** What is under way cannot be called back, so the dialog stays until it is answered. */
  setBusy(isBusy) {
    this.isBusy = isBusy;
    this.disableClose = isBusy;
  }
}
