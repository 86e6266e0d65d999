/** A LIKE pattern as a regular expression: % any text, _ one character, a backslash takes the next one literally. */
export function likePattern(quoted: string, caseSensitive: boolean): RegExp {
  const pattern = quoted.slice(1, -1);
  let source = '';
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern[i]!;
    if (character === '\\' && i + 1 < pattern.length) source += escape(pattern[(i += 1)]!);
    else if (character === '%') source += '[^]*';
    else if (character === '_') source += '[^]';
    else source += escape(character);
  }
  return new RegExp(`^${source}$`, caseSensitive ? '' : 'i');
}

function escape(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
}
