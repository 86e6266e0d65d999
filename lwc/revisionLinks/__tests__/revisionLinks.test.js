/* eslint-disable @lwc/lwc/no-unexpected-wire-adapter-usages -- the stub of a wire adapter is driven by the test */
import { createElement } from 'lwc';
import { NavigationMixin } from 'lightning/navigation';
import { getRecord } from 'lightning/uiRecordApi';
import RevisionLinks from 'c/revisionLinks';

jest.mock('lightning/navigation', () => {
  const Navigate = Symbol('Navigate');
  const GenerateUrl = Symbol('GenerateUrl');
  const navigated = jest.fn();
  const Mixin = (Base) =>
    class extends Base {
      [Navigate](reference) {
        navigated(reference);
      }
      [GenerateUrl]({ attributes }) {
        return Promise.resolve(`/view/${attributes.recordId}`);
      }
    };
  return { NavigationMixin: Object.assign(Mixin, { Navigate, GenerateUrl, navigated }) };
});

// After a turn of the event loop every pending promise and rendering is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

const parent = (id, name, number) => ({
  value: { apiName: 'Invoice__c', id, fields: { Name: { value: name }, Number__c: { value: number } } },
});

describe('c-revision-links', () => {
  let links;

  async function mount(fields) {
    links = createElement('c-revision-links', { is: RevisionLinks });
    links.recordId = 'a00000000000001AAA';
    document.body.appendChild(links);
    const none = { value: null };
    getRecord.emit({
      apiName: 'Invoice__c',
      id: links.recordId,
      fields: {
        Latest_Revision__c: none,
        Latest_Revision__r: none,
        Revision_Of__c: none,
        Revision_Of__r: none,
        ...fields,
      },
    });
    await settle();
  }

  afterEach(() => {
    document.body.replaceChildren();
    jest.clearAllMocks();
  });

  const find = (selector) => links.shadowRoot.querySelector(selector);

  it('leads from a revised invoice to the one in its place, and stays in the app', async () => {
    await mount({
      Latest_Revision__c: { value: 'a0B' },
      Latest_Revision__r: parent('a0B', 'INV-2', 'A-0002'),
    });
    expect(find('[role=status]').textContent).toContain('c.Was_Revised');
    expect(find('[data-id=latest] a')).toMatchObject({ textContent: 'A-0002' });
    expect(find('[data-id=latest] a').getAttribute('href')).toBe('/view/a0B');
    expect(find('[data-id=earlier]')).toBeNull();
    find('[data-id=latest] a').click();
    expect(NavigationMixin.navigated).toHaveBeenCalledWith(
      expect.objectContaining({ attributes: expect.objectContaining({ recordId: 'a0B' }) }),
    );
  });

  it('leads from a revision to the one before, by its name while that has no number', async () => {
    await mount({ Revision_Of__c: { value: 'a0A' }, Revision_Of__r: parent('a0A', 'INV-1', null) });
    expect(find('[data-id=earlier] a').textContent).toBe('INV-1');
    expect(find('[data-id=latest]')).toBeNull();
  });

  it('leaves a click for a new tab to the browser', async () => {
    await mount({ Revision_Of__c: { value: 'a0A' }, Revision_Of__r: parent('a0A', 'INV-1', 'A-0001') });
    find('[data-id=earlier] a').dispatchEvent(new MouseEvent('click', { ctrlKey: true, cancelable: true }));
    expect(NavigationMixin.navigated).not.toHaveBeenCalled();
  });

  it('shows nothing of an invoice that is in no chain', async () => {
    await mount({});
    expect(find('a')).toBeNull();
  });
});
