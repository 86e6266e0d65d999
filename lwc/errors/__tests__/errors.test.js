import { inWords, reduceErrors } from 'c/errors';

describe('c-errors', () => {
  it('finds the message of an Apex error', () => {
    expect(inWords({ body: { message: 'Enter a due date.' } })).toBe('Enter a due date.');
  });

  it('finds page errors and field errors of a refused save', () => {
    const error = {
      body: {
        message: 'An error occurred while trying to update the record.',
        output: {
          errors: [{ message: 'The record is locked.' }],
          fieldErrors: { Due_Date__c: [{ message: 'Due Date: invalid date' }] },
        },
      },
    };
    expect(reduceErrors(error)).toEqual(['The record is locked.', 'Due Date: invalid date']);
  });

  it('finds every message of a list without repeating one', () => {
    const error = {
      body: [{ message: 'No access.' }, { message: 'No access.' }, { message: 'No such field.' }],
    };
    expect(inWords(error)).toBe('No access. No such field.');
  });

  it('falls back on the status text, and on words of its own', () => {
    expect(inWords({ statusText: 'Server Error' })).toBe('Server Error');
    expect(inWords(new Error('offline'))).toBe('offline');
    expect(inWords({})).toBe('Something unexpected happened. Try again.');
  });
});
