import { LightningElement, api, wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import components from 'page/components';
import { watchChanges } from 'runtime/changes';
import { messageOf } from 'runtime/errors';
import { loadLayout, loadObjectInfo, loadRecordPage } from 'runtime/objectInfo';
import { dataApi, read } from 'runtime/orgClient';
import { propertiesFor } from 'shell/componentProperties';
import { blocksOf } from 'shell/regions';

/** A record's page as its flexipage, layout and actions describe it. */
export default class RecordPage extends LightningElement {
  @api recordId;
  info;
  layout;
  regions;
  actions = [];
  error;
  screenAction;
  headlessComponent;
  headlessProperties;

  // Says whether the record is there and of which object it is, should the address not tell.
  @wire(getRecord, { recordId: '$recordId', layoutTypes: ['Compact'] })
  handleRecord({ data, error }) {
    // A shown record stays when it cannot be read again for a moment.
    if (error && !this.info) this.error = error;
    if (!data) return;
    this.error = undefined;
    if (this.info) this.loadActions();
    else this.open(data.apiName);
  }

  connectedCallback() {
    this.stop = watchChanges((change) => {
      if (change?.changeType === 'DELETE' && change.recordIds.includes(this.recordId))
        this.error = { status: 404 };
    });
  }

  disconnectedCallback() {
    this.stop();
  }

  get ready() {
    return this.info && this.regions;
  }
  get missing() {
    return Boolean(this.error);
  }
  get missingHeading() {
    return this.error.status === 404 || this.error.status === 400
      ? 'Record not found'
      : 'This record cannot be shown';
  }
  get missingText() {
    if (this.error.status !== 404 && this.error.status !== 400) return messageOf(this.error);
    return 'It may have been deleted, or you may not have access to it.';
  }

  get columns() {
    const [main, sidebar] = [this.blocks('main'), this.blocks('sidebar')];
    const large = sidebar.length > 0 ? 'slds-large-size_8-of-12' : '';
    const columns = [
      { name: 'main', wide: true, blocks: main, className: `slds-col slds-size_1-of-1 ${large}` },
      {
        name: 'sidebar',
        wide: false,
        blocks: sidebar,
        className: 'slds-col slds-size_1-of-1 slds-large-size_4-of-12',
      },
    ];
    return columns.filter(({ blocks }) => blocks.length > 0);
  }

  blocks(region) {
    return (this.regions[region] ?? []).map((block, index) => {
      const key = `${block.name}-${index}`;
      if (block.visibilityRule) {
        return { key, missing: `The sandbox evaluates no visibility rule of ${block.name}.` };
      }
      if (!block.name.startsWith('c:')) return { key, [block.kind]: true, sections: block.sections };
      const component = components[block.name];
      if (!component) return { key, missing: `The component ${block.name} is not in lwc/.` };
      return { key, component, properties: propertiesFor(component, this.context, block.properties) };
    });
  }

  get context() {
    return { recordId: this.recordId, objectApiName: this.info.apiName };
  }

  async open(objectApiName) {
    try {
      const [info, layout, page] = await Promise.all([
        loadObjectInfo(objectApiName),
        loadLayout(objectApiName),
        loadRecordPage(objectApiName).catch(() => ({ regions: [] })),
        this.loadActions(),
      ]);
      const regions = Object.fromEntries(
        page.regions.map(({ name, components: list }) => [name, blocksOf(list)]),
      );
      const hasContent = Object.values(regions).some((blocks) => blocks.length > 0);
      const standard = {
        main: blocksOf([{ name: 'force:detailPanel' }]),
        sidebar: blocksOf([{ name: 'force:relatedListContainer' }]),
      };
      Object.assign(this, { info, layout, regions: hasContent ? regions : standard });
      this.dispatchEvent(new CustomEvent('objectknown', { detail: objectApiName }));
    } catch (error) {
      this.error = error;
    }
  }

  async loadActions() {
    const answer = await read(`${dataApi}/ui-api/actions/record/${this.recordId}`).catch(() => ({
      actions: [],
    }));
    this.actions = answer.actions;
  }

  handleAction({ detail: action }) {
    const component = components[`c:${action.lightningComponent}`];
    if (!component)
      throw new Error(`The component ${action.lightningComponent} of ${action.label} is not in lwc/.`);
    if (action.type === 'ScreenAction') this.screenAction = { component, label: action.label };
    else this.invoke(component);
  }

  /** A headless action has no screen: it is put on the page, told the record, and invoked. */
  async invoke(component) {
    if (this.headlessComponent !== component) {
      this.headlessProperties = propertiesFor(component, this.context);
      this.headlessComponent = component;
      await new Promise((resolve) => {
        this.whenRendered = resolve;
      });
    }
    this.refs.headless.invoke();
  }

  renderedCallback() {
    if (!this.refs.headless) return;
    this.whenRendered?.();
    this.whenRendered = undefined;
  }

  handleEdit() {
    this.template.querySelector('shell-detail-panel')?.edit();
  }

  closeAction() {
    this.screenAction = undefined;
  }
}
