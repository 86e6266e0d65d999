import { syncRecordOf } from 'c/syncAction';

/** As a headless action: it knows its record and tells in events. */
function anAction() {
  const toasts = [];
  return { recordId: '001000000000001AAA', dispatchEvent: ({ detail }) => toasts.push(detail), toasts };
}

describe('c-sync-action', () => {
  it('syncs again after a sync that failed, with a key of its own', async () => {
    const action = anAction();
    const sync = jest
      .fn()
      .mockRejectedValueOnce({ body: { message: 'Invoicebridge did not answer.' } })
      .mockResolvedValueOnce({ status: 'done', message: 'Nothing differed.' });
    await syncRecordOf(action, sync);
    await syncRecordOf(action, sync);
    expect(action.toasts.map(({ variant }) => variant)).toEqual(['error', 'success']);
    expect(sync.mock.calls[0][0]).not.toBe(sync.mock.calls[1][0]);
  });
});
