import { LightningElement, api } from 'lwc';
import { propertiesFor } from 'shell/componentProperties';

/** The dialog of a screen action. The action closes it with a CloseActionScreenEvent. */
export default class ActionDialog extends LightningElement {
  @api component;
  @api label;
  @api recordId;
  @api objectApiName;

  get properties() {
    return propertiesFor(this.component, { recordId: this.recordId, objectApiName: this.objectApiName });
  }

  close() {
    this.dispatchEvent(new CustomEvent('close'));
  }
}
