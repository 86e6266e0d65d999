import { inWords } from 'c/errors';
import { newRequestKey } from 'c/requestKey';

/**
 * One thing that a person asks for, however many tries it takes. Every try whose answer was lost has the same key, so that
 * it is done once; a refusal is final for its key, and when its cause is mended, the next try is a new command.
 */
export class Attempt {
  key = newRequestKey();

  /**
   * Runs the command under its key. Gives { result }, or { errorText, isLost }: after a lost answer it may have been
   * done, and only the very same request may follow under this key.
   */
  async run(command) {
    try {
      const result = await command(this.key);
      if (result.status !== 'failed') return { result };
      this.key = newRequestKey();
      return { errorText: result.message, isLost: false };
    } catch (error) {
      return { errorText: inWords(error), isLost: true };
    }
  }
}
