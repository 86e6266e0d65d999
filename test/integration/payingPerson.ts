/** The customer: opens the hosted page that the mail links to and pays there, as a browser without script would. */
export async function payOnHostedPage(hostedUrl: string, card: string): Promise<string> {
  const page = await (await fetch(hostedUrl)).text();
  const form = /<form[^>]*method="post"[^>]*>/i.exec(page)?.[0];
  if (!form) throw new Error(`The hosted page has no form to pay with:\n${page.slice(0, 2000)}`);
  const action = /action="([^"]*)"/.exec(form)?.[1] ?? '';
  const fields = new URLSearchParams();
  for (const [input] of page.matchAll(/<input[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(input)?.[1];
    if (!name) continue;
    const value = /value="([^"]*)"/.exec(input)?.[1] ?? '';
    fields.set(name, cardField(name, card) ?? value);
  }
  const response = await fetch(new URL(action.replaceAll('&amp;', '&'), hostedUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: fields,
  });
  return response.text();
}

/** The same of a guest on the page that a payment link has opened; what the page says then. */
export async function payOnLinkPage(page: string, card = GOOD_CARD): Promise<string> {
  const body = new URLSearchParams({
    cardNumber: card,
    cardExpiry: '12 / 34',
    cardCvc: '123',
    billingName: 'Ada Lovelace',
    email: 'ada@buyer.example',
  });
  return (await fetch(page, { method: 'POST', body })).text();
}

function cardField(name: string, card: string): string | undefined {
  if (/number/i.test(name)) return card;
  if (/exp/i.test(name)) return '12 / 34';
  if (/cvc/i.test(name)) return '123';
  if (/name/i.test(name)) return 'Dana Payer';
  return undefined;
}

export const GOOD_CARD = '4242 4242 4242 4242';
/** Its refunds succeed, and fail later. */
export const REFUND_FAILS_CARD = '4000 0000 0000 5126';
export const DECLINED_CARD = '4000 0000 0000 0002';
