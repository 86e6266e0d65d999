import { readFileSync } from 'node:fs';
import path from 'node:path';
import { KEY, eventsOf, startTestStripe, violations } from './testStripe.ts';
import type { TestStripe } from './testStripe.ts';

interface Step {
  name: string;
  path: string;
  method: string;
  params?: Record<string, unknown>;
  expected_error_type?: string;
}

const file = path.join(import.meta.dirname, 'fixtures/cliTriggers.json');
const triggers = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Step[]>;

/** What the sandbox does not have, by the words it refuses it with; each refusal is one of `sandbox_unsupported`. */
const NOT_SERVED: Record<string, string> = {
  'checkout.session.async_payment_failed': 'sepa_debit',
  'checkout.session.async_payment_succeeded': 'sepa_debit',
  'payment_intent.partially_funded': 'payment_method_data',
  'payment_intent.processing': 'sepa_debit',
};

let test: TestStripe;

beforeAll(async () => {
  test = await startTestStripe();
});
afterAll(async () => {
  const found = await violations(test.exchanges.filter(isDocumented));
  await test.stop();
  expect(found).toEqual([]);
});

/** The page's own calls are in no declaration, nor are the names that parameters had in versions before. */
function isDocumented({ path: where, requestBody }: TestStripe['exchanges'][number]): boolean {
  return !where.startsWith('/v1/payment_pages') && !requestBody.includes('payment_method_types');
}

const served = Object.keys(triggers).filter((type) => !Object.hasOwn(NOT_SERVED, type));

it.each(served)('`stripe trigger %s` brings about its event', async (type) => {
  const { types } = await eventsOf(test.stripe, () => replay(triggers[type]!));
  expect(types).toContain(type);
});

it.each(Object.entries(NOT_SERVED))('`stripe trigger %s` is refused in words', async (type, word) => {
  const refusals: unknown[] = [];
  await replay(triggers[type]!, (error) => refusals.push(error));
  expect(refusals[0]).toMatchObject({ code: 'sandbox_unsupported', message: expect.stringContaining(word) });
});

interface StripeAnswer {
  error?: { type: string; message: string };
}

/** As the CLI does it: each request with what earlier answers said, without naming a version. */
async function replay(steps: readonly Step[], refused?: (error: object) => void): Promise<void> {
  const answers: Record<string, unknown> = {};
  for (const step of steps) {
    const response = await send(step, answers);
    const answer = (await response.json()) as StripeAnswer;
    answers[step.name] = answer;
    if (answer.error && refused) return refused(answer.error);
    const got = answer.error && `${answer.error.type} ${answer.error.message}`;
    if (step.expected_error_type) expect(got).toContain(step.expected_error_type);
    else expect([step.path, got]).toEqual([step.path, undefined]);
  }
}

function send(step: Step, answers: Record<string, unknown>): Promise<Response> {
  const body = new URLSearchParams(pairs(step.params ?? {}, answers));
  return fetch(test.server.url + filled(step.path, answers), {
    method: step.method.toUpperCase(),
    headers: { authorization: `Bearer ${KEY}` },
    ...(step.method === 'post' && { body }),
  });
}

/** `a[b][0]=c`, as Stripe takes parameters. */
function pairs(value: object, answers: Record<string, unknown>, within = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]): [string, string][] => {
    const name = within ? `${within}[${key}]` : key;
    return typeof entry === 'object' && entry !== null
      ? pairs(entry, answers, name)
      : [[name, filled(String(entry), answers)]];
  });
}

/** `${invoice:id}` is the id that the step called `invoice` was answered with. */
function filled(text: string, answers: Record<string, unknown>): string {
  return text.replace(/\$\{(\w+):([\w.]+)\}/g, (_whole, step: string, where: string) => {
    let value: unknown = answers[step];
    for (const key of where.split('.')) value = (value as Record<string, unknown>)[key];
    return String(value);
  });
}
