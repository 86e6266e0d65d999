import { LightningElement, api, wire } from 'lwc';
import getProducts from '@salesforce/apex/RaiseInvoiceController.getProducts';
import REQUIRED from '@salesforce/label/c.Required';
import SEARCH_PRODUCTS from '@salesforce/label/c.Search_Products';
import NO_PRODUCTS from '@salesforce/label/c.No_Products';
import CHOOSE_PRODUCT from '@salesforce/label/c.Choose_Product';
import { inWords } from 'c/errors';

const TYPING_PAUSE_MS = 250;

/**
 * Searchable combobox of the products that have a standard price in the currency. The base combobox cannot search and the record picker
 * cannot show prices. Fires productselect with the product as its detail.
 */
export default class ProductPicker extends LightningElement {
  @api label;
  @api required = false;
  @api disabled = false;
  @api currencyCode;
  /** 'label-hidden' keeps the label for screen readers only. */
  @api variant;

  labels = { required: REQUIRED, searchProducts: SEARCH_PRODUCTS, noProducts: NO_PRODUCTS };
  text = '';
  searchText = '';
  products = [];
  isLoaded = false;
  isOpen = false;
  activeIndex = -1;
  problem = '';
  selected = null;

  /** The chosen product: { productId, name }. */
  @api
  get product() {
    return this.selected;
  }
  set product(value) {
    // The parent hands a new object with each rendering; only another product may replace what is being typed.
    const isSame = (value?.productId ?? null) === (this.selected?.productId ?? null);
    this.selected = value?.productId ? value : null;
    if (!isSame) this.text = this.selected?.name ?? '';
  }

  @api
  focus() {
    this.input?.focus();
  }

  @api
  reportValidity() {
    this.problem = this.required && !this.selected ? CHOOSE_PRODUCT : '';
    return this.problem === '';
  }

  @wire(getProducts, { searchText: '$searchText', currencyCode: '$currencyCode' })
  wiredProducts({ data, error }) {
    if (data) {
      this.products = data;
      this.isLoaded = true;
      this.activeIndex = -1;
    }
    if (error) this.problem = inWords(error);
  }

  get input() {
    return this.template.querySelector('input');
  }

  get options() {
    return this.products.map((product, index) => ({
      ...product,
      domId: `option-${index}`,
      selected: String(product.productId === this.selected?.productId),
      className:
        'slds-media slds-listbox__option slds-listbox__option_entity slds-listbox__option_has-meta' +
        (index === this.activeIndex ? ' slds-has-focus' : ''),
    }));
  }

  get nothingFound() {
    return this.isLoaded && this.products.length === 0;
  }

  get expanded() {
    return String(this.isOpen);
  }

  get activeId() {
    return this.isOpen && this.activeIndex >= 0 ? `option-${this.activeIndex}` : null;
  }

  get invalid() {
    return String(this.problem !== '');
  }

  get formElementClass() {
    return this.problem ? 'slds-form-element slds-has-error' : 'slds-form-element';
  }

  get labelClass() {
    return this.variant === 'label-hidden' ? 'slds-assistive-text' : 'slds-form-element__label';
  }

  get comboboxClass() {
    return `slds-combobox slds-dropdown-trigger slds-dropdown-trigger_click${this.isOpen ? ' slds-is-open' : ''}`;
  }

  disconnectedCallback() {
    clearTimeout(this.typingTimer);
  }

  handleFocus() {
    this.isOpen = !this.disabled;
  }

  handleInput(event) {
    this.text = event.target.value;
    this.isOpen = true;
    clearTimeout(this.typingTimer);
    // One query per pause in typing instead of one per key.
    // eslint-disable-next-line @lwc/lwc/no-async-operation
    this.typingTimer = setTimeout(() => {
      this.searchText = this.text;
    }, TYPING_PAUSE_MS);
  }

  handleKey(event) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      this.isOpen = true;
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const count = this.products.length;
      this.activeIndex =
        count === 0 ? -1 : (Math.max(this.activeIndex, step < 0 ? 0 : -1) + step + count) % count;
    } else if (event.key === 'Enter' && this.isOpen && this.activeIndex >= 0) {
      event.preventDefault();
      this.pick(this.products[this.activeIndex]);
    } else if (event.key === 'Escape' && this.isOpen) {
      // The dialog around the field closes on the same key.
      event.stopPropagation();
      this.close();
    }
  }

  handleBlur() {
    this.close();
  }

  /** A press on an option must not take the focus from the field, or the list would close under it. */
  keepFocus(event) {
    event.preventDefault();
  }

  handlePick(event) {
    this.pick(this.products.find(({ productId }) => productId === event.currentTarget.dataset.product));
  }

  pick(product) {
    this.selected = product;
    this.problem = '';
    this.close();
    this.dispatchEvent(new CustomEvent('productselect', { detail: { ...product } }));
  }

  /** What was typed but not chosen is dropped, so the field never shows a product that is not the chosen one. */
  close() {
    clearTimeout(this.typingTimer);
    this.isOpen = false;
    this.activeIndex = -1;
    this.text = this.selected?.name ?? '';
    this.searchText = '';
  }
}
