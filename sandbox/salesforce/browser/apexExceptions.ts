import type { OrgError } from '../orgError.ts';

/** An exception of the Apex runtime; its name is the Apex class without the namespace. */
export class ApexException extends Error {
  readonly exceptionType: string;
  readonly code: string | undefined;

  constructor(
    exceptionType: string,
    message: string,
    { code, cause }: { code?: string; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = exceptionType.replace(/^System\./, '');
    this.exceptionType = exceptionType;
    this.code = code;
  }
}

export function dmlException(
  operation: string,
  { index, error }: { index: number; error: OrgError },
): ApexException {
  const fields = (error.fields ?? []).join(', ');
  const message = `${operation} failed. First exception on row ${index}; first error: ${error.errorCode}, ${error.message}: [${fields}]`;
  return new ApexException('System.DmlException', message, { code: error.errorCode, cause: error });
}
