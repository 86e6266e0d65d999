import { createElement } from 'lwc';
import ScreenAction from 'c/screenAction';

jest.mock('lightning/actions', () => ({ CloseActionScreenEvent: class extends CustomEvent {} }), {
  virtual: true,
});

// After a turn of the event loop every pending promise is done.
// eslint-disable-next-line @lwc/lwc/no-async-operation
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('c/screenAction', () => {
  it('reads once, when the platform tells the record', async () => {
    const read = jest.fn();
    class Action extends ScreenAction {
      read() {
        read(this.recordId);
      }
    }
    const action = createElement('c-screen-action', { is: Action });
    document.body.appendChild(action);
    for (const recordId of [undefined, '001', '001']) action.recordId = recordId;
    await settle();
    expect(read.mock.calls).toEqual([['001']]);
  });
});
