const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/**
 * The 18-character, case-safe form of a record id; undefined when the text is no record id. The last three
 * characters encode which of the first fifteen are upper case.
 */
export function toLongId(id: string): string | undefined {
  if (!/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(id)) return undefined;
  const short = id.slice(0, 15);
  const suffix = [0, 5, 10]
    .map((start) => {
      const bits = [...short.slice(start, start + 5)].reduce(
        (sum, character, index) => sum + (/[A-Z]/.test(character) ? 2 ** index : 0),
        0,
      );
      return ALPHABET[bits];
    })
    .join('');
  const long = short + suffix;
  return id.length === 15 || id.slice(15).toUpperCase() === suffix ? long : undefined;
}
