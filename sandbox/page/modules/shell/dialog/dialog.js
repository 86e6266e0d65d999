import { LightningElement, api } from 'lwc';

/** A modal dialog. Focus stays in it and goes back to where it was; Escape closes it. */
export default class Dialog extends LightningElement {
  @api label;
  /** The content brings its own header and footer. */
  @api bare = false;

  connectedCallback() {
    this.before = focusedElement();
    document.body.style.overflow = 'hidden';
  }

  disconnectedCallback() {
    document.body.style.overflow = '';
    if (this.before?.isConnected) this.before.focus();
  }

  renderedCallback() {
    if (this.focused) return;
    this.focused = true;
    this.refs.dialog.focus();
  }

  handleKey(event) {
    // An open list or calendar closes first and says so by preventing the default.
    if (event.key === 'Escape' && !event.defaultPrevented) this.close();
  }

  close() {
    this.dispatchEvent(new CustomEvent('close'));
  }
}

/** The document only tells the outermost component around the focus. */
function focusedElement() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}
