import { LightningElement, api } from 'lwc';

/** Terms with their values, one a line: [{ id, label, value, note, isMoney, isDate, isStrong }]. */
export default class FactList extends LightningElement {
  @api facts = [];
  @api currencyCode;
}
