import { LightningElement } from 'lwc';

/** In place of lightning/modal, for which Salesforce's Jest stubs have nothing: closing is an event with the result. */
export default class LightningModal extends LightningElement {
  label;
  disableClose = false;

  close(result) {
    this.dispatchEvent(new CustomEvent('close', { detail: result }));
  }
}
