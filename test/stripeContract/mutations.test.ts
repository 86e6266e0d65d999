import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Contract } from '../../sandbox/stripe/contract/contract.ts';
import { openContract } from '../../sandbox/stripe/contract/openContract.ts';
import { checkSample, readSamples, type Sample } from './samples.ts';

type Parent = Record<string, unknown>;
/** Changes `parent[field]` and says whether it could. */
type Mutation = (parent: Parent, field: string) => boolean;

const set = (parent: Parent, field: string, value: unknown) => {
  parent[field] = value;
  return true;
};

const drop: Mutation = (parent, field) => delete parent[field];
const toNull: Mutation = (parent, field) => parent[field] !== null && set(parent, field, null);
const rename: Mutation = (parent, field) => set(parent, `${field}_x`, parent[field]) && delete parent[field];
const toFloat: Mutation = (parent, field) => {
  const value = parent[field];
  return typeof value === 'number' && set(parent, field, value + 0.5);
};
const toUnknownWord: Mutation = (parent, field) =>
  typeof parent[field] === 'string' && set(parent, field, 'no_such_word');
const toOtherType: Mutation = (parent, field) => {
  const value = parent[field];
  if (value === null) return false;
  return set(parent, field, typeof value === 'string' || typeof value === 'object' ? 7 : 'seven');
};

/** What the contract leaves open on purpose, by the way from the sample to the field. */
const leftOpen = [
  /^charge\/source\//, // A Source is held to its id and object: the sandbox has none.
  /\/metadata\/\w+$/, // The merchant's own keys; their values must still be text.
];

/** The only numbers of the samples that may have a fraction: percentages, and a parcel's inches and ounces. */
const fractions = [
  'coupon/percent_off',
  'credit_note/lines/data/0/tax_rates/0/percentage',
  'product/package_dimensions/height',
  'product/package_dimensions/length',
  'product/package_dimensions/weight',
  'product/package_dimensions/width',
  'tax_rate/percentage',
];

const samples = readSamples();
const living = [...samples.keys()].filter((name) => !name.startsWith('deleted_'));
let contract: Contract;

beforeAll(async () => {
  contract = await openContract();
}, 120_000);

describe('of the mutated samples the contract catches', () => {
  test('every dropped field that is not declared optional', () => {
    const { uncaught, tried } = mutateFields(drop);
    expect(tried).toBeGreaterThan(500);
    expect(uncaught.filter((field) => !/^\w+\?:/.test(declarationOf(field)))).toEqual([]);
  });

  test('every null that is not declared', () => {
    const { uncaught, tried } = mutateFields(toNull);
    expect(tried).toBeGreaterThan(400);
    expect(uncaught.filter((field) => !/\| null;/.test(declarationOf(field)))).toEqual([]);
    expect(tried - uncaught.length).toBeGreaterThan(250);
  });

  test('every unknown value of an enum', () => {
    const { uncaught, tried } = mutateFields(toUnknownWord);
    expect(tried).toBeGreaterThan(100);
    expect(uncaught.filter((field) => !/\bstring\b/.test(declarationOf(field)))).toEqual([]);
    expect(tried - uncaught.length).toBeGreaterThan(50);
  });

  test('every wrong type, at any depth', () => {
    const { uncaught, tried } = mutateFields(toOtherType, true);
    expect(tried).toBeGreaterThan(700);
    expect(unexplained(uncaught)).toEqual([]);
  });

  test('every number with a fraction, at any depth, but percentages and sizes', () => {
    const { uncaught, tried } = mutateFields(toFloat, true);
    expect(tried).toBeGreaterThan(150);
    expect(unexplained(uncaught).sort()).toEqual(fractions);
  });

  test('every renamed field, at any depth', () => {
    const { uncaught, tried } = mutateFields(rename, true);
    expect(tried).toBeGreaterThan(1000);
    expect(unexplained(uncaught)).toEqual([]);
  });
});

function unexplained(uncaught: string[]): string[] {
  return uncaught.filter((field) => !leftOpen.some((pattern) => pattern.test(field)));
}

function mutateFields(mutation: Mutation, deep = false): { tried: number; uncaught: string[] } {
  const uncaught: string[] = [];
  let tried = 0;
  for (const name of living) {
    const sample = samples.get(name)!;
    const before = new Set(violationsOf(sample));
    for (const steps of fieldsOf(sample, deep)) {
      const mutated = structuredClone(sample);
      const parent = steps.slice(0, -1).reduce<Parent>((at, step) => at[step] as Parent, mutated);
      if (!mutation(parent, steps.at(-1)!)) continue;
      tried += 1;
      if (violationsOf(mutated).every((violation) => before.has(violation)))
        uncaught.push([name, ...steps].join('/'));
    }
  }
  return { tried, uncaught };
}

function violationsOf(sample: Sample): string[] {
  return checkSample(contract, sample).map(({ path: at, message }) => `${at} ${message}`);
}

/** The ways to all fields; with `deep` also those of objects within, but not array places. */
function fieldsOf(value: object, deep: boolean): string[][] {
  return Object.entries(value).flatMap(([field, inner]) => {
    const within = deep && inner !== null && typeof inner === 'object' ? fieldsOf(inner, deep) : [];
    const below = within.map((steps) => [field, ...steps]);
    return Array.isArray(value) ? below : [[field], ...below];
  });
}

/** The line that declares a field of a sample, read as text: an oracle apart from the generator. */
function declarationOf(sampleField: string): string {
  const [name = '', field = ''] = sampleField.split('/');
  const folder = path.join(import.meta.dirname, '../../node_modules/stripe/esm/resources');
  const [file, type] = declaredIn[name] ?? [`${pascal(name)}s`, pascal(name)];
  const source = readFileSync(path.join(folder, `${file}.d.ts`), 'utf8');
  const body = new RegExp(`^export interface ${type} \\{$(.*?)^\\}$`, 'ms').exec(source)?.[1] ?? '';
  const line = new RegExp(`^ {4}(${field}\\??: .*;)$`, 'm').exec(body)?.[1];
  // A field that Stripe does not declare is a tolerated deviation of the sample.
  return line ?? `${field}?: string | null;`;
}

const declaredIn: Record<string, [string, string]> = {
  invoiceitem: ['InvoiceItems', 'InvoiceItem'],
  line_item: ['InvoiceLineItems', 'InvoiceLineItem'],
  item: ['LineItems', 'LineItem'],
  balance: ['Balance', 'Balance'],
  event: ['Events', 'EventBase'],
  'checkout.session': ['Checkout/Sessions', 'Session'],
  'test_helpers.test_clock': ['TestHelpers/TestClocks', 'TestClock'],
};

function pascal(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
