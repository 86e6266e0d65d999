import { AuraHandledException } from './context.ts';

const NO_ACCESS =
  'You do not have access to all the data that this needs. ' +
  'Ask your administrator to assign you the permission set Invoicebridge Rep.';

/**
 * Twin of UserFacingError.fromException: every error leaves a controller in words for a person. A method without a
 * callout stays synchronous, so that its DML can be one transaction of the org's store.
 */
export function inWords<Result>(work: () => Result): Result {
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(refuse) as Result) : result;
  } catch (cause) {
    return refuse(cause);
  }
}

function refuse(cause: unknown): never {
  if (cause instanceof AuraHandledException || !(cause instanceof Error)) throw cause;
  throw new AuraHandledException(wordsFor(cause), { cause });
}

function wordsFor(cause: Error): string {
  if (cause.name === 'DmlException') return wordsForDml(cause.message);
  if (['QueryException', 'NoAccessException', 'SecurityException'].includes(cause.name)) return NO_ACCESS;
  return (
    `Something unexpected happened and nothing was saved: ${cause.message} ` +
    'Try again, and tell your administrator if it happens again.'
  );
}

/** "Insert failed. First exception on row 0; first error: CODE, message: [fields]" holds what getDmlMessage(0) gives. */
function wordsForDml(text: string): string {
  const [, code = '', message = text] = /first error: ([A-Z_]+), ([\s\S]*): \[[^\]]*\]$/.exec(text) ?? [];
  return code.startsWith('INSUFFICIENT_ACCESS') || message.startsWith('Access to entity')
    ? NO_ACCESS
    : message;
}
