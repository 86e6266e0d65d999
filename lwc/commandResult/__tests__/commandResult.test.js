import { syncToast } from 'c/commandResult';

describe('c-command-result', () => {
  it('tells what a sync changed', () => {
    const message = 'Salesforce: Status Open → Paid.';
    expect(syncToast({ status: 'done', message })).toEqual({
      title: 'c.Sync_Done',
      message,
      variant: 'success',
    });
  });

  it('says that a command which is still running finishes by itself', () => {
    const message = 'It will be carried out by itself.';
    expect(syncToast({ status: 'running', message })).toEqual({
      title: 'c.Sync_Running',
      message,
      variant: 'info',
    });
  });

  it('keeps the reason of a failure on the screen', () => {
    const message = 'The customer was deleted in Stripe.';
    expect(syncToast({ status: 'failed', message })).toMatchObject({
      message,
      variant: 'error',
      mode: 'sticky',
    });
  });
});
