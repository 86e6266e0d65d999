import { LightningElement, api } from 'lwc';

/** Shown when an address or a record leads nowhere. */
export default class MissingPage extends LightningElement {
  @api heading = 'Page not found';
  @api text = 'The address is not one of the sandbox. Check it, or start from Home.';
}
