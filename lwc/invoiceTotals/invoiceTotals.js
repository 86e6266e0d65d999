import { LightningElement, api } from 'lwc';
import SUBTOTAL from '@salesforce/label/c.Subtotal';
import DISCOUNT from '@salesforce/label/c.Discount';
import DISCOUNT_OF from '@salesforce/label/c.Discount_Of';
import TAX_WITHIN from '@salesforce/label/c.Tax_Within';
import TOTAL from '@salesforce/label/c.Total';
import { format } from 'c/labelText';
import { toMajor } from 'c/money';

/** What the lines above come to; the total alone where nothing is taken off and no tax is due. */
export default class InvoiceTotals extends LightningElement {
  /** Of c/invoiceSums, in the smallest unit. */
  @api sums;
  @api discountPercent;
  @api currencyCode;
  @api decimals = 2;
  /** A sentence below the total. */
  @api note;

  get facts() {
    if (!this.sums) return [];
    const { subtotal, discount, taxes, total } = this.sums;
    const fact = (id, label, amount) => ({ id, label, value: toMajor(amount, this.decimals), isMoney: true });
    const within = taxes.filter(({ inclusive }) => inclusive);
    const onTop = taxes.filter(({ inclusive }) => !inclusive);
    const hasMore = discount > 0 || taxes.length > 0;
    return [
      ...(hasMore ? [fact('subtotal', SUBTOTAL, subtotal)] : []),
      ...(discount > 0 ? [fact('discount', this.discountLabel, -discount)] : []),
      ...onTop.map(({ name, amount }) => fact(`tax-${name}`, name, amount)),
      { ...fact('total', TOTAL, total), isStrong: true },
      ...within.map(({ name, amount }) => fact(`tax-${name}`, format(TAX_WITHIN, name), amount)),
    ];
  }

  get discountLabel() {
    return this.discountPercent ? format(DISCOUNT_OF, Number(this.discountPercent)) : DISCOUNT;
  }
}
