import { ok } from './answer.ts';
import type { RestAnswer, RestContext, RestRequest } from './answer.ts';

const oldest = 58;
const newest = 68;

/** The versions the sandbox answers under, as /services/data lists them. */
export const apiVersions = Array.from({ length: newest - oldest + 1 }, (_none, i) => {
  const version = `${oldest + i}.0`;
  return { label: `Version ${version}`, url: `/services/data/v${version}`, version };
});

export function isServed(version: string): boolean {
  return apiVersions.some((served) => `v${served.version}` === version);
}

export function resources({ version }: RestRequest, { org, actor }: RestContext): RestAnswer {
  const base = `/services/data/${version}`;
  const names = ['sobjects', 'query', 'queryAll', 'limits', 'composite', 'jobs', 'ui-api'];
  const identity = `/id/${org.id}/${actor.userId}`;
  return ok({ ...Object.fromEntries(names.map((name) => [name, `${base}/${name}`])), identity });
}
