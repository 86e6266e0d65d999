import { LightningElement, wire } from 'lwc';
import { CurrentPageReference } from 'lightning/navigation';
import Toast from 'lightning/toast';
import { watchChanges } from 'runtime/changes';
import { watchConnection } from 'runtime/connection';

/** The frame of all pages: banner, header, navigation, the page of the address, and toasts. */
export default class App extends LightningElement {
  page;
  objectOfRecord;
  unreachable = false;

  @wire(CurrentPageReference)
  handlePage(page) {
    const moved = this.page !== undefined;
    this.page = page ?? null;
    this.objectOfRecord = undefined;
    document.title = 'Invoicebridge sandbox';
    if (moved) {
      window.scrollTo(0, 0);
      // Readers of a screen reader would otherwise stay on a link that is gone.
      this.refs.content?.focus({ preventScroll: true });
    }
  }

  connectedCallback() {
    this.stopChanges = watchChanges(() => {});
    this.stopConnection = watchConnection((reachable) => {
      this.unreachable = !reachable;
    });
  }

  disconnectedCallback() {
    this.stopChanges();
    this.stopConnection();
  }

  get isHome() {
    return this.page?.attributes?.pageName === 'home';
  }
  get objectApiName() {
    return this.page?.attributes.objectApiName ?? this.objectOfRecord;
  }

  /** The one page to show. Its key makes another record another page, while another list view remains the same one. */
  get pages() {
    if (this.page === undefined) return [];
    const { type, attributes = {}, state = {} } = this.page ?? {};
    const { objectApiName, recordId, relationshipApiName } = attributes;
    return [
      {
        key: [type, objectApiName, recordId ?? state.selectedRecordId, relationshipApiName].join(' '),
        home: attributes.pageName === 'home',
        file: attributes.pageName === 'filePreview',
        list: type === 'standard__objectPage',
        record: type === 'standard__recordPage',
        relatedList: type === 'standard__recordRelationshipPage',
        objectApiName,
        recordId,
        relatedListId: relationshipApiName,
        viewName: state.filterName,
        fileId: state.selectedRecordId,
      },
    ];
  }

  handleObjectKnown({ detail }) {
    this.objectOfRecord = detail;
  }

  handleToast(event) {
    // The toast container of the base components listens for an event of the same name with another detail.
    event.stopPropagation();
    const { title, message, messageData, variant = 'info', mode = 'dismissible' } = event.detail;
    const label = title ?? '';
    const toastMode = mode === 'sticky' ? 'sticky' : 'dismissible';
    Toast.show({ label, message, messageLinks: messageData, variant, mode: toastMode }, this);
  }

  skipToContent(event) {
    event.preventDefault();
    this.refs.content.focus();
  }
}
