import { savedToast, syncToast } from 'c/commandResult';

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

  it.each([
    ['done', { message: 'The draft is in Stripe.', variant: 'success' }],
    ['running', { message: 'c.Reaches_Stripe_Later', variant: 'success' }],
    [
      'failed',
      { message: 'c.Reaches_Stripe_Later The draft is in Stripe.', variant: 'warning', mode: 'sticky' },
    ],
  ])('never calls what is saved failed: %s', async (status, toast) => {
    const bring = async () => ({ status, message: 'The draft is in Stripe.' });
    expect(await savedToast('Saved', bring)).toEqual({ title: 'Saved', ...toast });
  });

  it('says why what is saved could not be brought to Stripe at once', async () => {
    const bring = () => Promise.reject(new Error('No answer.'));
    expect(await savedToast('Saved', bring)).toMatchObject({
      message: 'c.Reaches_Stripe_Later No answer.',
      variant: 'warning',
    });
  });
});
