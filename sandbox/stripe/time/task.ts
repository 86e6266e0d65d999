import type { Call } from '../api/call.ts';

/** Something that happens by itself. When it ran, whoever lists tasks must not list it again. */
export interface Task {
  /** Unix seconds. */
  at: number;
  /** Names what it is, for the log and so that one that fails is not tried for ever. */
  key: string;
  run(call: Call): void;
}
