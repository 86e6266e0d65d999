import { describeChanges, syncToast } from 'c/commandResult';

jest.mock('@salesforce/label/c.Nothing_Differed', () => ({ default: 'Nothing differed.' }), {
  virtual: true,
});
jest.mock('@salesforce/label/c.Empty_Value', () => ({ default: '(empty)' }), { virtual: true });

const change = (side, fieldName, oldValue, newValue) => ({ side, fieldName, oldValue, newValue });

describe('c-command-result', () => {
  it('tells each changed field with its old and new value, by side', () => {
    const changes = [
      change('salesforce', 'Status__c', 'Draft', 'Open'),
      change('stripe', 'due_date', null, '2026-12-24'),
      change('salesforce', 'Amount_Due__c', '0', '20'),
    ];
    expect(describeChanges(changes)).toBe(
      'Salesforce: Status Draft → Open, Amount Due 0 → 20. Stripe: Due Date (empty) → 2026-12-24.',
    );
  });

  it('shows the first six changes and counts the rest', () => {
    const changes = Array.from({ length: 8 }, (_, index) => change('stripe', `field${index}`, 'a', 'b'));
    expect(describeChanges(changes)).toMatch(/Field5 a → b\. \(\+2\)$/);
  });

  it('says so when nothing differed', () => {
    expect(syncToast({ status: 'done', changes: [] })).toMatchObject({
      variant: 'success',
      message: 'Nothing differed.',
    });
  });

  it('says that a command which is still running finishes by itself', () => {
    expect(syncToast({ status: 'running' })).toMatchObject({
      variant: 'info',
      message: 'c.Sync_Running_Message',
    });
  });

  it('keeps the reason of a failure on the screen', () => {
    expect(syncToast({ status: 'failed', message: 'The customer was deleted in Stripe.' })).toMatchObject({
      variant: 'error',
      mode: 'sticky',
      message: 'The customer was deleted in Stripe.',
    });
  });
});
