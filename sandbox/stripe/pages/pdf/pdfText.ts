/**
 * The standard fonts of PDF hold the characters of Windows-1252 only. Other letters lose their accents where that is
 * enough ("Ș" becomes "S"), a few have a usual spelling, and the rest becomes "?", rather than a wrong letter.
 */
export function pdfText(text: string): string {
  return [...text.normalize('NFC')].map(printable).join('');
}

const windows1252 = /^[\x20-\x7E\xA0-\xFF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]$/u;

const spellings: Record<string, string> = {
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ı: 'i',
  '₹': 'INR ',
  '₩': 'KRW ',
  '₪': 'ILS ',
  '₫': 'VND ',
  '−': '-',
  '\u202F': ' ',
  '\n': ' ',
  '\t': ' ',
};

function printable(character: string): string {
  if (windows1252.test(character)) return character;
  const spelled = spellings[character];
  if (spelled !== undefined) return spelled;
  const plain = character.normalize('NFKD').replace(/\p{M}/gu, '');
  return plain !== '' && [...plain].every((one) => windows1252.test(one)) ? plain : '?';
}
