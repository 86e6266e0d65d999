import { LightningElement, api } from 'lwc';
import AMOUNT_IN from '@salesforce/label/c.Amount_In';
import TOO_LARGE from '@salesforce/label/c.Amount_Too_Large';
import HAS_DECIMALS from '@salesforce/label/c.Amount_Has_Decimals';
import { format } from 'c/labelText';
import { inMoney, toInput } from 'c/money';

/** Input of an amount in the invoice's currency. Fires amountchange with { value }, the text that was typed. */
export default class AmountInput extends LightningElement {
  @api value;
  @api currencyCode;
  @api decimals = 2;
  /** In the smallest unit, as a BigInt; without one any amount is taken. */
  @api most;
  /** Another label than "Amount (USD)". */
  @api label;
  @api variant = 'standard';
  @api required = false;
  @api disabled = false;

  @api
  reportValidity() {
    return this.template.querySelector('lightning-input').reportValidity();
  }

  @api
  focus() {
    this.template.querySelector('lightning-input').focus();
  }

  get shownLabel() {
    return this.label ?? format(AMOUNT_IN, this.currencyCode);
  }
  /** Stripe takes amounts with three decimals only if the last is 0: https://docs.stripe.com/currencies#three-decimal */
  get step() {
    return toInput(BigInt(this.decimals === 3 ? 10 : 1), this.decimals);
  }
  get min() {
    return this.required ? this.step : '0';
  }
  get max() {
    return this.hasMost ? toInput(this.most, this.decimals) : undefined;
  }
  get tooLarge() {
    return this.hasMost ? format(TOO_LARGE, inMoney(this.most, this)) : undefined;
  }
  get hasDecimals() {
    return format(HAS_DECIMALS, Math.min(this.decimals, 2));
  }
  get hasMost() {
    return this.most !== undefined && this.most !== null;
  }

  handleChange(event) {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent('amountchange', { detail: { value: event.detail.value } }));
  }
}
