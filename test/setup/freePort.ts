import { createServer } from 'node:net';

// Below the ports that connections get by themselves, and of each test process its own: so nobody takes one in between.
const FIRST = 20_000;
const OF_EACH_PROCESS = 1_500;
const own = FIRST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % 8) * OF_EACH_PROCESS;
let next = process.pid % OF_EACH_PROCESS;

/** A port of this machine that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    next = (next + 1) % OF_EACH_PROCESS;
    if (await isFree(own + next)) return own + next;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
