import { createElement, LightningElement } from 'lwc';
import { ReadsFirst } from 'c/readsFirst';

let seen;
const read = jest.fn();

/** As the screens are made of it; what it does is seen from inside. */
class Probe extends ReadsFirst(LightningElement) {
  connectedCallback() {
    seen = this;
  }
  read() {
    return read();
  }
}

describe('c/readsFirst', () => {
  beforeEach(() => {
    document.body.appendChild(createElement('c-probe', { is: Probe }));
  });
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('works until it has read what it shows, and again while it is busy', async () => {
    read.mockResolvedValue({ name: 'A-1' });
    expect(seen.isWorking).toBe(true);
    await seen.load();
    expect([seen.isWorking, seen.preview, seen.errorText]).toEqual([false, { name: 'A-1' }, '']);
    seen.isBusy = true;
    expect(seen.isWorking).toBe(true);
  });

  it('says in words that it could not be read', async () => {
    read.mockRejectedValue({ body: { message: 'The invoice was not found.' } });
    await seen.load();
    expect([seen.isWorking, seen.preview, seen.errorText]).toEqual([
      false,
      undefined,
      'The invoice was not found.',
    ]);
  });
});
