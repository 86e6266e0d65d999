import type { Database } from './database.ts';
import { moveCursor, readCursor } from './cursors.ts';

const NAME = 'served-org';

/** The org whose records these are, as the last login said; null before the first. */
export const servedOrg = (database: Database): Promise<string | null> => readCursor(database, NAME);

export const noteServedOrg = (database: Database, orgId: string): Promise<void> =>
  moveCursor(database, NAME, orgId);
