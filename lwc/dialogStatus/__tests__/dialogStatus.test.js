import { createElement } from 'lwc';
import DialogStatus from 'c/dialogStatus';

describe('c-dialog-status', () => {
  afterEach(() => document.body.replaceChildren());

  it('shows that it works, and what went wrong as an alert with the focus', async () => {
    const status = createElement('c-dialog-status', { is: DialogStatus });
    status.isWorking = true;
    document.body.appendChild(status);
    const find = (selector) => status.shadowRoot.querySelector(selector);
    expect(find('lightning-spinner').alternativeText).toBe('c.Working');
    expect(find('[role=alert]')).toBeNull();
    Object.assign(status, { isWorking: false, errorText: 'It is void.' });
    await Promise.resolve();
    expect(find('lightning-spinner')).toBeNull();
    expect(find('[role=alert]').textContent).toBe('It is void.');
    expect(status.shadowRoot.activeElement).toBe(find('[role=alert]'));
    status.errorText = '';
    await Promise.resolve();
    expect(find('[role=alert]')).toBeNull();
  });
});
