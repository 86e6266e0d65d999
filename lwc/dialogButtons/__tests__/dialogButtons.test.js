import { createElement } from 'lwc';
import DialogButtons from 'c/dialogButtons';

describe('c-dialog-buttons', () => {
  afterEach(() => document.body.replaceChildren());

  function mount(properties) {
    const element = createElement('c-dialog-buttons', { is: DialogButtons });
    Object.assign(element, { label: 'Void', ...properties });
    const fired = [];
    for (const type of ['dismiss', 'confirm']) element.addEventListener(type, () => fired.push(type));
    document.body.appendChild(element);
    return { buttons: [...element.shadowRoot.querySelectorAll('lightning-button')], fired };
  }

  it('has the way out and what the dialog is for', () => {
    const { buttons, fired } = mount({ isOffered: true, variant: 'destructive' });
    expect(buttons.map(({ label, variant }) => [label, variant])).toEqual([
      ['c.Cancel', undefined],
      ['Void', 'destructive'],
    ]);
    buttons.forEach((button) => button.click());
    expect(fired).toEqual(['dismiss', 'confirm']);
  });

  it('has only the way out where there is nothing to do', () => {
    expect(mount({ isOffered: false }).buttons.map(({ label }) => label)).toEqual(['c.Close']);
  });

  it('has nothing to cancel once it is done', () => {
    const { buttons } = mount({ isOffered: true, isDone: true, label: 'Open' });
    expect(buttons.map(({ label }) => label)).toEqual(['c.Close', 'Open']);
  });

  it('takes no press while it is being done', () => {
    expect(mount({ isOffered: true, isBusy: true }).buttons.map(({ disabled }) => disabled)).toEqual([
      true,
      true,
    ]);
  });
});
