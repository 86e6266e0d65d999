/** What is kept the same on both sides. A row of `sync_record` is one of these. */
export type SyncEntity = 'customer' | 'product' | 'invoice';

export const syncEntities: readonly SyncEntity[] = ['customer', 'product', 'invoice'];
