import { api } from 'lwc';
import LightningModal from 'lightning/modal';
import SURE_TO_ASK_AGAIN from '@salesforce/label/c.Sure_To_Ask_Again';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { Attempt } from 'c/attempt';
import { ReadsFirst } from 'c/readsFirst';

/**
 * What the dialogs of an invoice's actions have in common: they `read` what they show, run the action, stay until it is
 * answered, and close with the command's result.
 */
export default class ActionDialog extends ReadsFirst(LightningModal) {
  @api recordId;
  @api action;

  /** The last try may have been done: whoever tries again has to ask for the same. */
  isLost = false;
  attempt = new Attempt();

  connectedCallback() {
    this.load();
  }

  get isFixed() {
    return this.isBusy || this.isLost;
  }

  /** What was said of other amounts than those that are there now. */
  forgetError() {
    this.errorText = '';
  }

  /** Shows at its fields what is wrong, and gives the focus to the first of them. True when nothing is. */
  reportFields() {
    const fields = [...this.template.querySelectorAll('[data-field]')];
    const wrong = fields.filter((field) => !field.reportValidity());
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  handleClose() {
    this.close();
  }

  /** Params: what the action takes beside the invoice. */
  async run(params) {
    if (this.isBusy) return;
    this.setBusy(true);
    this.errorText = '';
    const { result, errorText, isLost } = await this.attempt.run((idempotencyKey) =>
      runAction({
        invoiceId: this.recordId,
        action: this.action,
        params: params ? JSON.stringify(params) : null,
        idempotencyKey,
      }),
    );
    this.setBusy(false);
    if (result) {
      this.close(result);
      return;
    }
    this.isLost = isLost;
    this.errorText = isLost ? `${errorText} ${SURE_TO_ASK_AGAIN}` : errorText;
  }

  /** What is under way cannot be called back, so the dialog stays until it is answered. */
  setBusy(isBusy) {
    this.isBusy = isBusy;
    this.disableClose = isBusy;
  }
}
