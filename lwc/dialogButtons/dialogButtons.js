import { LightningElement, api } from 'lwc';
import CANCEL from '@salesforce/label/c.Cancel';
import CLOSE from '@salesforce/label/c.Close';

/** The buttons below a dialog. Fires dismiss and confirm. */
export default class DialogButtons extends LightningElement {
  /** What the dialog is for; without it being offered there is only the way out. */
  @api label;
  @api variant = 'brand';
  @api isOffered = false;
  @api isBusy = false;
  /** What is offered follows what was done, so that nothing can be called off any more. */
  @api isDone = false;

  get closeLabel() {
    return this.isOffered && !this.isDone ? CANCEL : CLOSE;
  }

  handleDismiss() {
    this.dispatchEvent(new CustomEvent('dismiss'));
  }
  handleConfirm() {
    this.dispatchEvent(new CustomEvent('confirm'));
  }
}
