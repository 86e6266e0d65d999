const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const checksumDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Builds the 18-character id of the n-th record of an object; ids of one object sort in the order they were made. */
export function makeRecordId(keyPrefix: string, sequence: number): string {
  let digits = '';
  for (let rest = sequence; digits.length < 10; rest = Math.floor(rest / 62))
    digits = base62[rest % 62] + digits;
  return toId18(`${keyPrefix}SB${digits}`)!;
}

/**
 * The 18-character form of a 15- or 18-character id; undefined when it is neither. The last three characters tell which
 * of the first fifteen are capitals, five for each, so that a case-insensitive program cannot confuse two ids.
 */
export function toId18(id: string): string | undefined {
  if (!/^([a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(id)) return undefined;
  const id15 = id.slice(0, 15);
  let suffix = '';
  for (let block = 0; block < 3; block += 1) {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) if (/[A-Z]/.test(id15[block * 5 + i]!)) bits |= 1 << i;
    suffix += checksumDigits[bits];
  }
  return id.length === 15 || id.slice(15).toUpperCase() === suffix ? id15 + suffix : undefined;
}
