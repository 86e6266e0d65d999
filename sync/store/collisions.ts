// A deadlock in which this transaction was chosen to give way; a key that another transaction has just taken.
const COLLISIONS = ['40P01', '23505'];
const MOST_TRIES = 5;

/**
 * Runs a statement or a transaction again when it met another one: it has changed nothing, and what it meets next time is
 * there to be seen. A key that stays taken is no collision, and throws after the last try.
 */
export async function retryingCollisions<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (!COLLISIONS.includes((error as { code?: string }).code ?? '') || tries === MOST_TRIES) throw error;
    }
  }
}
