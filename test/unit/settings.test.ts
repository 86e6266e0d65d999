import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, settingNames } from '../../server/config.ts';

const text = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');
const example = text('.env.example')
  .split('\n')
  .flatMap((line) => {
    const [, comment, name, value] = /^(# )?([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name ? [{ name, value: value!, isDefault: comment !== undefined }] : [];
  });

// Of the command line alone.
const ELSEWHERE = ['PUBLIC_URL'];

test('.env.example names every setting once, and nothing else', () => {
  expect(example.map(({ name }) => name).sort()).toEqual([...settingNames, ...ELSEWHERE].sort());
});

test('what it says of an unset variable is what holds then', () => {
  const required = {
    DATABASE_URL: 'postgres://localhost/invoicebridge',
    STRIPE_SECRET_KEY: 'rk_test_1',
    STRIPE_WEBHOOK_SECRETS: 'whsec_1',
    SALESFORCE_CLIENT_ID: 'client',
    SALESFORCE_CLIENT_SECRET: 'secret',
  };
  const shown = example.filter(({ isDefault, value }) => isDefault && value !== '');
  const { stripe, ...rest } = loadConfig({
    ...Object.fromEntries(shown.map(({ name, value }) => [name, value])),
    ...required,
  });
  expect({ ...rest, stripe: { ...stripe, apiBase: undefined } }).toEqual(loadConfig(required));
  // It is undefined where nothing is set, because stripe-node knows it by itself.
  expect(stripe.apiBase).toBe('https://api.stripe.com');
});

test('the table of the README names every setting', () => {
  const readme = text('README.md');
  for (const name of settingNames) expect(readme).toContain(`\`${name}\``);
});
