import ActionDialog from 'c/actionDialog';
import runAction from '@salesforce/apex/InvoiceCommandController.runAction';
import { openDialog, RECORD_ID, settle } from '../../../test/setup/dialogTest';

jest.mock('@salesforce/apex/InvoiceCommandController.runAction', () => ({ default: jest.fn() }), {
  virtual: true,
});

let seen;

/** As the dialogs are made of it; what it does is seen from inside. */
class Probe extends ActionDialog {
  connectedCallback() {
    seen = this;
    super.connectedCallback();
  }
  read() {
    return Promise.resolve({ name: 'A-1' });
  }
}

describe('c-action-dialog', () => {
  afterEach(() => {
    document.body.replaceChildren();
    jest.resetAllMocks();
  });

  it('reads what it shows, runs the action once and cannot be closed meanwhile', async () => {
    const { closed } = await openDialog('c-probe', Probe, { action: 'refund' });
    expect(seen.preview).toEqual({ name: 'A-1' });
    expect(seen.isWorking).toBe(false);
    let answer;
    runAction.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    seen.run({ amount: 5 });
    seen.run({ amount: 5 });
    expect(seen.disableClose).toBe(true);
    answer({ status: 'done' });
    await settle();
    expect(seen.disableClose).toBe(false);
    expect(closed).toEqual([{ status: 'done' }]);
    expect(runAction.mock.calls).toEqual([
      [
        {
          invoiceId: RECORD_ID,
          action: 'refund',
          params: '{"amount":5}',
          idempotencyKey: expect.any(String),
        },
      ],
    ]);
  });

  it('keeps its fields as they are after a lost answer only', async () => {
    await openDialog('c-probe', Probe, { action: 'refund' });
    runAction.mockRejectedValueOnce(new Error('No answer.'));
    await seen.run(null);
    expect([seen.isFixed, seen.errorText]).toEqual([true, 'No answer. c.Sure_To_Ask_Again']);
    runAction.mockResolvedValueOnce({ status: 'failed', message: 'It is void.' });
    await seen.run(null);
    expect([seen.isFixed, seen.errorText]).toEqual([false, 'It is void.']);
  });
});
