import { LightningElement, api } from 'lwc';
import WORKING from '@salesforce/label/c.Working';

/** A spinner over the dialog while it works, and above its content what went wrong, which gets the focus. */
export default class DialogStatus extends LightningElement {
  @api isWorking = false;
  @api errorText = '';
  labels = { working: WORKING };
  shown = '';

  renderedCallback() {
    if (this.shown === this.errorText) return;
    this.shown = this.errorText;
    // The button that was pressed was disabled meanwhile, and has lost the focus.
    this.template.querySelector('[role=alert]')?.focus();
  }
}
