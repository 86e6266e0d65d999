// Stripe wants ISO 3166-1 alpha-2 codes; an org without state and country picklists holds names as typed.
const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
// CLDR also names codes that were withdrawn (UK, SU); their canonical form is another one.
const isCurrent = (code: string) =>
  names.of(code) !== undefined && Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCurrent);
const codeByName = new Map(codes.map((code) => [names.of(code)!.toLowerCase(), code]));
// What people type and CLDR calls otherwise.
const ALIASES: Record<string, string> = {
  usa: 'US',
  'united states of america': 'US',
  uk: 'GB',
  'great britain': 'GB',
  england: 'GB',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  turkey: 'TR',
};

/** The code of a country given by code or English name; null for anything else. */
export function countryCode(text: string | null): string | null {
  if (!text) return null;
  const upper = text.trim().toUpperCase();
  if (codes.includes(upper)) return upper;
  const lower = text.trim().toLowerCase();
  return ALIASES[lower] ?? codeByName.get(lower) ?? null;
}

/** The English name of a country's code, for orgs that hold names. */
export function countryName(code: string | null): string | null {
  return code ? (names.of(code) ?? code) : null;
}
