import express from 'express';
import request from 'supertest';
import { createPages } from '../../sandbox/stripe/pages/pages.ts';
import { account, addInvoice, addLine, LiteralPort } from './literalPort.ts';

const page = `/i/${account}/secret_in_1`;
const card = {
  cardNumber: '4242 4242 4242 4242',
  cardExpiry: '12 / 34',
  cardCvc: '123',
  billingName: 'Ada Lovelace',
};
let port: LiteralPort;

beforeEach(() => {
  port = new LiteralPort();
  addInvoice(port, 'in_1');
  addLine(port, 'in_1', { description: 'Logo', amount: 123_450 });
});

const server = () => express().use(createPages(port));
const pay = (fields: Record<string, string>) =>
  request(server())
    .post(page)
    .type('form')
    .send({ ...card, ...fields });

describe('the hosted invoice page of an open invoice', () => {
  test('says what is due, when, from whom and for what, and offers to pay it', async () => {
    const { text, status } = await request(server()).get(page);
    expect(status).toBe(200);
    for (const words of [
      '$1,234.50',
      'Due January 15, 2040',
      'Globex Corporation',
      'NW-0001',
      'View invoice details',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toMatch(/Logo[\s\S]*Qty 2 × \$617\.25/);
    for (const label of ['Card number', 'Expiration', 'CVC', 'Name on card'])
      expect(text).toContain(`>${label}</label>`);
    expect(text).toContain(`href="/pdf/${account}/secret_in_1"`);
  });

  test('says on the page that it is a sandbox', async () => {
    expect((await request(server()).get(page)).text).toContain('Sandbox: not Stripe, no real money');
  });

  test('says so when it is past due', async () => {
    addInvoice(port, 'in_late', { due_date: 1_763_000_000 });
    const { text } = await request(server()).get(`/i/${account}/secret_in_late`);
    expect(text).toContain('Past due: was due November 13, 2025');
  });
});

describe('paying with a card', () => {
  test('leads to the same address, which then says that the invoice is paid', async () => {
    const answer = await pay({});
    expect([answer.status, answer.headers.location]).toEqual([303, page]);
    const { text } = await request(server()).get(page);
    expect(text).toContain('Invoice paid');
    expect(text).toContain('Payment date: <time>November 21, 2025</time>');
    expect(text).toContain(`/pdf/${account}/secret_in_1/receipt`);
    expect(text).not.toContain('Card number');
  });

  test('hands over the card as it was typed', async () => {
    await pay({ cardExpiry: '1/2034' });
    expect(port.cards).toEqual([
      { number: '4242424242424242', expMonth: 1, expYear: 2034, cvc: '123', name: 'Ada Lovelace' },
    ]);
  });

  test('that is declined shows the words of Stripe beside the form, and never the card', async () => {
    const { status, text } = await pay({ cardNumber: '4000 0000 0000 0002' });
    expect(status).toBe(402);
    expect(text).toMatch(/role="alert"[^]*Your card was declined\./);
    expect(text).toContain('value="Ada Lovelace"');
    expect(text).not.toMatch(/4000.?0000.?0000.?0002/);
    expect(text).not.toContain('12 / 34');
  });

  test('twice at once charges once, and both submissions end on the paid invoice', async () => {
    let goOn = () => {};
    port.paying = new Promise((resolve) => (goOn = resolve));
    const app = server();
    const submit = () => request(app).post(page).type('form').send(card).then();
    const both = [submit(), submit()];
    const untilCharged = async () => {
      while (port.cards.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      // The second submission has the time to arrive too.
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    await untilCharged();
    goOn();
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(port.cards).toHaveLength(1);
  });

  test('again after it was paid ends on the paid invoice', async () => {
    await pay({});
    expect((await pay({})).status).toBe(303);
  });

  test.each([
    ['a short number', { cardNumber: '4242' }, 'Your card number is incomplete.'],
    ['a mistyped number', { cardNumber: '4242 4242 4242 4241' }, 'Your card number is invalid.'],
    ['no number', { cardNumber: '' }, 'Your card number is incomplete.'],
    ['half a date', { cardExpiry: '12' }, 'expiration date is incomplete.'],
    ['a month 13', { cardExpiry: '13 / 34' }, 'expiration date is incomplete.'],
    ['a date in the past', { cardExpiry: '01 / 20' }, 'expiration date is in the past.'],
    ['a short code', { cardCvc: '1' }, 'security code is incomplete.'],
  ])('with %s is stopped with a word at the field', async (_what, fields, words) => {
    const { status, text } = await pay(fields);
    expect(status).toBe(400);
    expect(text).toContain(words.replace("'", '&#39;'));
    expect(text).toContain('aria-invalid="true"');
    expect(port.cards).toEqual([]);
  });

  test('is not taken from another site', async () => {
    expect((await pay({}).set('Sec-Fetch-Site', 'cross-site')).status).toBe(403);
    expect(port.cards).toEqual([]);
  });

  test('writes the card number to no log, also when the sandbox fails', async () => {
    const written: unknown[] = [];
    const spies = (['log', 'warn', 'error'] as const).map((level) =>
      jest.spyOn(console, level).mockImplementation((...words) => void written.push(...words)),
    );
    port.payInvoice = async () => {
      throw new Error('the store is gone');
    };
    const { status, text } = await pay({ cardNumber: '5555 5555 5555 4444' });
    spies.forEach((spy) => spy.mockRestore());
    expect(status).toBe(500);
    expect(String(written)).toContain('the store is gone');
    expect(text).toContain('The sandbox itself failed');
    expect(text).not.toContain('the store is gone');
    // The banner names the test card with this number, so the number that was typed is another one.
    expect(String(written) + text).not.toMatch(/5555.?5555/);
  });
});

describe('an invoice that cannot be paid', () => {
  test('is shown as voided, without a form', async () => {
    addInvoice(port, 'in_void', { status: 'void' });
    const { text } = await request(server()).get(`/i/${account}/secret_in_void`);
    expect(text).toContain('Invoice voided');
    expect(text).not.toContain('Card number');
  });

  test('leads to the invoice that replaced it', async () => {
    addInvoice(port, 'in_new');
    addInvoice(port, 'in_old', { status: 'void', latest_revision: 'in_new' });
    const { text } = await request(server()).get(`/i/${account}/secret_in_old`);
    expect(text).toContain(`href="/i/${account}/secret_in_new"`);
  });

  test('refuses a card in words', async () => {
    const refusal = "This invoice is void and can't be paid.";
    port.payInvoice = async () => ({ kind: 'refused', message: refusal });
    const { status, text } = await pay({});
    expect(status).toBe(402);
    expect(text).toContain('This invoice is void and can&#39;t be paid.');
  });

  test('is unknown by a wrong token or another account, also as PDF and when paid', async () => {
    for (const path of [`/i/${account}/wrong`, '/i/acct_2/secret_in_1', `/pdf/${account}/wrong`]) {
      const { status, text } = await request(server()).get(path);
      expect([path, status]).toEqual([path, 404]);
      expect(text).toContain('This invoice was not found');
    }
    const posted = await request(server()).post(`/i/${account}/wrong`).type('form').send(card);
    expect(posted.status).toBe(404);
  });
});

test('an uncollectible invoice can still be paid', async () => {
  addInvoice(port, 'in_unc', { status: 'uncollectible' });
  const { text } = await request(server()).get(`/i/${account}/secret_in_unc`);
  expect(text).toContain('no longer expects');
  expect(text).toContain('Card number');
});

test('a form that is too long is refused in words', async () => {
  const { status, text } = await pay({ billingName: 'x'.repeat(20_000) });
  expect(status).toBe(413);
  expect(text).toContain('This did not work');
});

test('names that are markup are shown as text', async () => {
  addInvoice(port, 'in_evil', {
    customer_name: '<script>alert(1)</script>',
    description: '"><img src=x onerror=alert(1)>',
  });
  addLine(port, 'in_evil', { description: '</td><script>alert(2)</script>', amount: 1 });
  const { text } = await request(server()).get(`/i/${account}/secret_in_evil`);
  expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(text).toContain('Northwind &lt;Traders&gt;');
  expect(text).not.toMatch(/<script>|<img/);
});

test('the browser is told to run no script but our own files, and to show the page in no frame', async () => {
  const { headers } = await request(server()).get(page);
  const policy = headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(headers['cache-control']).toBe('no-store');
});

test('the script and the styles of the page are served', async () => {
  const { text } = await request(server()).get(page);
  const files = [...text.matchAll(/(?:src|href)="(\/_sandbox\/assets\/[^"]+)"/g)].map(
    ([, file = '']) => file,
  );
  expect(files).toHaveLength(4);
  for (const file of files) expect((await request(server()).get(file)).status).toBe(200);
});
