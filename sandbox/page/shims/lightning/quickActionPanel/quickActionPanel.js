import { LightningElement, api } from 'lwc';

/** Header, body and footer of a screen action. The dialog around it is the shell's. */
export default class QuickActionPanel extends LightningElement {
  @api header;
}
