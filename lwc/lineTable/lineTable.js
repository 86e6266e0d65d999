import { LightningElement, api } from 'lwc';
import PRODUCT from '@salesforce/label/c.Product';
import DESCRIPTION from '@salesforce/label/c.Description';
import PRICE from '@salesforce/label/c.Price';
import QUANTITY from '@salesforce/label/c.Quantity';
import AMOUNT from '@salesforce/label/c.Amount';
import REMOVE from '@salesforce/label/c.Remove';
import { lineAmount, toMajor } from 'c/money';

/**
 * Invoice lines with their amounts. The lines belong to the parent: this table fires linechange with
 * { key, values } and lineremove with { key }.
 */
export default class LineTable extends LightningElement {
  /** [{ key, productId, productName, description, unitPrice, quantity }] */
  @api lines = [];
  @api currencyCode;
  @api decimals = 2;
  @api editable = false;
  @api choosesProduct = false;
  @api withDescription = false;
  @api tableLabel;

  labels = {
    product: PRODUCT,
    description: DESCRIPTION,
    price: PRICE,
    quantity: QUANTITY,
    amount: AMOUNT,
    remove: REMOVE,
  };

  @api
  reportValidity() {
    const fields = [...this.template.querySelectorAll('lightning-input, c-product-picker')];
    return fields.map((field) => field.reportValidity()).every(Boolean);
  }

  /** Puts the focus on the first field of a line, for one that was just added. */
  @api
  focusLine(key) {
    this.template.querySelector(`[data-key="${key}"]`)?.focus();
  }

  get rows() {
    return (this.lines ?? []).map((line, index) => {
      const name = line.productName || line.description || `${PRODUCT} ${index + 1}`;
      return {
        ...line,
        amount: toMajor(lineAmount(line, this.decimals), this.decimals),
        picksProduct: this.editable && this.choosesProduct,
        // A line that was made in Stripe may have a description alone.
        needsProduct: !line.description,
        product: line.productId ? { productId: line.productId, name: line.productName } : null,
        productLabel: `${PRODUCT} ${index + 1}`,
        descriptionLabel: `${DESCRIPTION}: ${name}`,
        priceLabel: `${PRICE}: ${name}`,
        quantityLabel: `${QUANTITY}: ${name}`,
        removeLabel: `${REMOVE} ${name}`,
      };
    });
  }

  handleField(event) {
    const { key, field } = event.currentTarget.dataset;
    this.change(key, { [field]: event.detail.value });
  }

  handleProduct(event) {
    const { productId, name, unitPrice } = event.detail;
    this.change(event.currentTarget.dataset.key, { productId, productName: name, unitPrice });
  }

  handleRemove(event) {
    const { key } = event.currentTarget.dataset;
    this.dispatchEvent(new CustomEvent('lineremove', { detail: { key } }));
  }

  change(key, values) {
    this.dispatchEvent(new CustomEvent('linechange', { detail: { key, values } }));
  }
}
