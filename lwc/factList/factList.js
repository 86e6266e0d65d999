import { LightningElement, api } from 'lwc';

const CLASSES = {
  /** One a line, the terms in a column of their own. */
  list: { row: 'slds-grid', term: 'slds-size_1-of-3 slds-text-color_weak slds-p-right_x-small' },
  /** Side by side, each with its term above. */
  tiles: {
    list: 'slds-grid slds-wrap slds-gutters_small',
    row: 'slds-col slds-size_1-of-2 slds-medium-size_1-of-5 slds-m-bottom_small',
    term: 'slds-text-title',
    value: 'slds-text-heading_small',
  },
  /** Amounts below each other at the right edge; a strong one is the sum. */
  sums: {
    row: 'slds-grid slds-grid_align-spread slds-p-vertical_xxx-small',
    term: 'slds-text-color_weak slds-p-right_small',
    value: 'slds-no-flex',
    strong: 'slds-text-heading_small',
  },
};

/** Terms with their values: [{ id, label, value, note, isMoney, isDate, isStrong }]. */
export default class FactList extends LightningElement {
  @api facts = [];
  @api currencyCode;
  /** list, tiles or sums */
  @api variant = 'list';

  get classes() {
    return CLASSES[this.variant];
  }
  get rows() {
    const { term, value, strong } = this.classes;
    return this.facts.map((fact) => ({
      ...fact,
      termClass: (fact.isStrong && strong) || term,
      valueClass: `value ${(fact.isStrong && strong) || value || 'slds-col'}`,
    }));
  }
}
