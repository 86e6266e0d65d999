// Windows-1252, beyond which the standard fonts of PDF have no letters.
const SHOWN = /^[\x20-\x7E\xA0-\xFF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]$/u;

const SPELLINGS: Record<string, string> = {
  ...{ ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ħ: 'h', Ħ: 'H', ı: 'i', ŋ: 'ng', ə: 'e', Ə: 'E' },
  ...{ '‐': '-', '‑': '-', '−': '-', '\u2009': ' ', '\u202F': ' ', '\n': ' ', '\r': '', '\t': ' ' },
};

/**
 * Text as the standard fonts can show it: a letter that they lack loses its accents ("ő" is "o"), a few have a usual
 * spelling, and all else is "?", rather than a wrong letter. `lost`: something could not be shown.
 */
export function standardText(text: string): { text: string; lost: boolean } {
  let lost = false;
  const shown = [...text.normalize('NFC')].map((letter) => {
    if (SHOWN.test(letter)) return letter;
    const spelled = SPELLINGS[letter];
    if (spelled !== undefined) return spelled;
    const plain = letter.normalize('NFKD').replace(/\p{M}/gu, '');
    if ([...plain].every((one) => SHOWN.test(one)) && plain !== '') return plain;
    lost = true;
    return '?';
  });
  return { text: shown.join(''), lost };
}
