import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Told } from './coverage.ts';
import type { Lived } from './world.ts';

/** The world of these lives in a process of its own: one process would hold one core only. */
export async function liveInProcess(world: { lives: number; seed: number; first: number }): Promise<Lived> {
  const args = Object.entries(world).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = fork(join(import.meta.dirname, 'worldProcess.ts'), args);
  const said = new Promise<{ told: Told['entries']; problems: string[] }>((resolve, reject) => {
    child.once('message', (message) => resolve(message as never));
    child.once('exit', (code, signal) => {
      reject(new Error(`The world of life ${world.first} ended with ${code ?? signal}.`));
    });
  });
  const ended = once(child, 'exit');
  const { told, problems } = await said;
  await ended;
  return { told: new Told(told), problems };
}
