import { LightningElement, api } from 'lwc';
import { relatedListsOf } from 'shell/objects';

/** All related lists of an object's layout. */
export default class RelatedLists extends LightningElement {
  @api recordId;
  @api info;
  @api wide = false;

  get lists() {
    return relatedListsOf(this.info);
  }
}
