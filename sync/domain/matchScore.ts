/** A customer of Stripe that is in no pair yet. */
export interface MatchCustomer {
  stripeId: string;
  name: string;
  email: string | null;
  /** The Account that its metadata names. */
  crmId: string | null;
  /** Whether other customers of Stripe, in no pair either, have the same e-mail, or the same name and domain. */
  sharesEmail: boolean;
  sharesName: boolean;
}

/** An Account that may be that customer. */
export interface MatchAccount {
  crmId: string;
  name: string;
  /** Lower case: its billing e-mail and those of its contacts. */
  emails: string[];
  /** Of its website and its e-mails, without those of mail providers. */
  domains: string[];
  /** The customer it is linked with already. */
  stripeId: string | null;
}

export interface MatchCandidate {
  accountId: string;
  name: string;
  /** How alike the names are, from 0 to 1. */
  score: number;
  /** Plain words: what they have in common. */
  because: string;
}

export type MatchDecision =
  | { kind: 'paired'; crmId: string; by: 'id' | 'email' | 'domain and name' }
  | { kind: 'ambiguous'; reason: string; candidates: MatchCandidate[] }
  | { kind: 'none' };

/**
 * With the same domain, names at least this alike are one company: "Northlight Architecture" and "Northlight
 * Architects Inc." have 0.89, "Copper Kettle Catering" and "Copper Kettle Cafe" 0.73. Below it a person decides.
 */
export const SAME_NAME = 0.8;
/** How far the second best must be behind. */
const CLEAR_LEAD = 0.15;
/** Less alike than this, and with nothing else in common, an Account is not worth a look. */
const WORTH_A_LOOK = 0.75;
const MOST_CANDIDATES = 10;

/** Whom a customer of Stripe is in the org. Only what cannot be anybody else is paired; the rest is for a person to say. */
export function decideMatch(customer: MatchCustomer, accounts: MatchAccount[]): MatchDecision {
  const candidates = candidatesOf(customer, accounts);
  const ambiguous = (reason: string): MatchDecision => ({ kind: 'ambiguous', reason, candidates });

  const linked = accounts.filter(({ stripeId }) => stripeId === customer.stripeId);
  if (linked.length === 1) return { kind: 'paired', crmId: linked[0]!.crmId, by: 'id' };
  if (linked.length > 1) return ambiguous('Several Accounts name this customer.');
  const named = accounts.find(({ crmId }) => crmId === customer.crmId);
  if (named && named.stripeId === null) return { kind: 'paired', crmId: named.crmId, by: 'id' };
  if (named) return ambiguous(`Its metadata names an Account that is linked with ${named.stripeId}.`);

  const email = customer.email?.trim().toLowerCase();
  const sameEmail = email ? accounts.filter(({ emails }) => emails.includes(email)) : [];
  if (sameEmail.length > 0) {
    if (customer.sharesEmail) return ambiguous('Another customer in Stripe has the same e-mail.');
    if (sameEmail.length > 1) return ambiguous('Several Accounts have its e-mail.');
    const [only] = sameEmail;
    if (only!.stripeId === null) return { kind: 'paired', crmId: only!.crmId, by: 'email' };
    return ambiguous(`The Account with its e-mail is linked with ${only!.stripeId}.`);
  }
  return byDomainAndName(customer, { accounts, candidates, ambiguous });
}

function byDomainAndName(
  customer: MatchCustomer,
  {
    accounts,
    candidates,
    ambiguous,
  }: {
    accounts: MatchAccount[];
    candidates: MatchCandidate[];
    ambiguous: (reason: string) => MatchDecision;
  },
): MatchDecision {
  const domain = businessDomain(customer.email);
  const ranked = accounts
    .filter(({ domains }) => domain !== null && domains.includes(domain))
    .map((account) => ({ account, score: nameScore(customer.name, account.name) }))
    .sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (best && best.score >= SAME_NAME) {
    if (customer.sharesName) return ambiguous('Another customer in Stripe has the same name and domain.');
    if (second && best.score - second.score < CLEAR_LEAD) {
      return ambiguous('Several Accounts have its domain and a similar name.');
    }
    if (best.account.stripeId === null) {
      return { kind: 'paired', crmId: best.account.crmId, by: 'domain and name' };
    }
    return ambiguous(`The Account with its domain and name is linked with ${best.account.stripeId}.`);
  }
  if (ranked.length > 0) return ambiguous('The domain is the same, the name is not.');
  return candidates.length > 0
    ? ambiguous('Only the name is alike, which does not prove anything.')
    : { kind: 'none' };
}

function candidatesOf(customer: MatchCustomer, accounts: MatchAccount[]): MatchCandidate[] {
  const email = customer.email?.trim().toLowerCase() ?? '';
  const domain = businessDomain(customer.email) ?? '';
  return accounts
    .flatMap((account) => {
      const score = Math.round(nameScore(customer.name, account.name) * 100) / 100;
      const because = [
        account.stripeId === customer.stripeId || account.crmId === customer.crmId ? 'named by id' : '',
        account.emails.includes(email) ? 'same e-mail' : '',
        account.domains.includes(domain) ? 'same domain' : '',
        score >= WORTH_A_LOOK ? (score === 1 ? 'same name' : 'similar name') : '',
      ].filter(Boolean);
      if (because.length === 0) return [];
      const taken =
        account.stripeId && account.stripeId !== customer.stripeId ? `; linked with ${account.stripeId}` : '';
      return { accountId: account.crmId, name: account.name, score, because: because.join(', ') + taken };
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST_CANDIDATES);
}

// Forms of a company say nothing about which company it is.
const LEGAL_FORMS = new Set(
  'inc incorporated llc llp lp ltd limited plc corp corporation co company gmbh ag kg ug sa sas sarl srl spa bv nv ab as oy pty the'.split(
    ' ',
  ),
);

/** The name as it is compared: without case, accents, punctuation and legal form. */
export function nameKey(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .split(' ');
  const telling = words.filter((word) => !LEGAL_FORMS.has(word));
  return (telling.length > 0 ? telling : words).join(' ');
}

/** How alike two names are, from 0 to 1: Sørensen–Dice over pairs of letters, whatever the order of the words. */
export function nameScore(left: string, right: string): number {
  const [a, b] = [nameKey(left), nameKey(right)];
  if (a === '' || b === '') return 0;
  if (a.split(' ').sort().join(' ') === b.split(' ').sort().join(' ')) return 1;
  const [pairsOfA, pairsOfB] = [letterPairs(a), letterPairs(b)];
  let common = 0;
  const left2 = [...pairsOfB];
  for (const pair of pairsOfA) {
    const at = left2.indexOf(pair);
    if (at < 0) continue;
    left2.splice(at, 1);
    common += 1;
  }
  const all = pairsOfA.length + pairsOfB.length;
  return all === 0 ? 0 : (2 * common) / all;
}

const letterPairs = (key: string): string[] =>
  key
    .split(' ')
    .flatMap((word) => Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2)));

// Everybody can have an address there, so it says nothing about a company.
const MAIL_PROVIDERS = new Set(
  (
    'gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com ' +
    'mac.com proton.me protonmail.com gmx.com gmx.de gmx.net web.de mail.com zoho.com yandex.com yandex.ru mail.ru qq.com ' +
    '163.com 126.com comcast.net verizon.net att.net t-online.de orange.fr free.fr wanadoo.fr libero.it'
  ).split(' '),
);

/** The domain of an e-mail or a website in lower case; null for mail providers and for what is neither. */
export function businessDomain(address: string | null): string | null {
  const host = (address ?? '')
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/[/:?#].*$/, '')
    .replace(/^www\./, '');
  if (!/^[^\s.]+(\.[^\s.]+)+$/.test(host)) return null;
  return MAIL_PROVIDERS.has(host) ? null : host;
}
