import { waitUntil } from './processes.ts';

/** Building a cold machine's file cache counts in; a start usually takes two or three seconds. */
const LONGEST_START = 90_000;

/** Waits until every address answers 2xx; names those that did not. */
export async function waitUntilReady(addresses: Record<string, string>): Promise<void> {
  const results = await Promise.all(
    Object.entries(addresses).map(async ([name, address]) => ({
      name,
      answers: await waitUntil(() => answers(address), LONGEST_START),
    })),
  );
  const silent = results.filter((result) => !result.answers).map(({ name }) => name);
  if (silent.length > 0)
    throw new Error(`No answer from ${silent.join(' and ')} within ${LONGEST_START / 1000} s.`);
}

async function answers(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
}
