import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentStore } from '../../sandbox/store/documentStore.ts';

type Coin = { id: string; value: number; owner?: string };

describe('the document store', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'document-store-'));
    file = join(directory, 'store.sqlite');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  function reopened(store: DocumentStore): Coin[] {
    store.close();
    const again = new DocumentStore(file);
    const coins = [...again.collection<Coin>('coin').values()];
    again.close();
    return coins;
  }

  it('keeps puts and deletes over a restart, in the order of first insertion', () => {
    const store = new DocumentStore(file);
    const coins = store.collection<Coin>('coin');
    coins.put({ id: 'b', value: 1 });
    coins.put({ id: 'a', value: 2 });
    coins.put({ id: 'c', value: 3 });
    coins.put({ id: 'b', value: 4 });
    coins.delete('c');
    expect(coins.size).toBe(2);
    expect(reopened(store)).toEqual([
      { id: 'b', value: 4 },
      { id: 'a', value: 2 },
    ]);
  });

  it('keeps collections of the same ids apart', () => {
    const store = new DocumentStore(':memory:');
    store.collection<Coin>('coin').put({ id: 'a', value: 1 });
    expect(store.collection<Coin>('note').get('a')).toBeUndefined();
    store.close();
  });

  it('rolls memory, indexes and file back when a transaction throws', () => {
    const store = new DocumentStore(file);
    const coins = store.collection<Coin>('coin');
    const byOwner = coins.index((coin) => coin.owner);
    coins.put({ id: 'a', value: 1, owner: 'kim' });
    coins.put({ id: 'b', value: 2, owner: 'kim' });
    expect(() =>
      store.transaction(() => {
        coins.delete('a');
        coins.put({ id: 'b', value: 3, owner: 'lee' });
        coins.put({ id: 'c', value: 4, owner: 'lee' });
        expect(byOwner.all('lee').map((coin) => coin.id)).toEqual(['b', 'c']);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect([...coins.values()].map((coin) => coin.id)).toEqual(['a', 'b']);
    expect(
      byOwner
        .all('kim')
        .map((coin) => coin.id)
        .sort(),
    ).toEqual(['a', 'b']);
    expect(byOwner.first('lee')).toBeUndefined();
    expect(reopened(store).map((coin) => coin.value)).toEqual([1, 2]);
  });

  it('undoes only the nested part when the outer transaction catches its error', () => {
    const store = new DocumentStore(file);
    const coins = store.collection<Coin>('coin');
    store.transaction(() => {
      coins.put({ id: 'a', value: 1 });
      expect(() =>
        store.transaction(() => {
          coins.put({ id: 'a', value: 2 });
          coins.put({ id: 'b', value: 2 });
          throw new Error('inner');
        }),
      ).toThrow('inner');
      coins.put({ id: 'c', value: 3 });
    });
    expect(reopened(store)).toEqual([
      { id: 'a', value: 1 },
      { id: 'c', value: 3 },
    ]);
  });

  it('writes nothing to the file before the outermost transaction ends', () => {
    const store = new DocumentStore(file);
    store.transaction(() => {
      store.transaction(() => store.collection<Coin>('coin').put({ id: 'a', value: 1 }));
      const other = new DocumentStore(file);
      expect(other.collection<Coin>('coin').size).toBe(0);
      other.close();
    });
    expect(reopened(store)).toHaveLength(1);
  });

  it('refuses asynchronous work, because a transaction must end before anything else runs', () => {
    const store = new DocumentStore(':memory:');
    const coins = store.collection<Coin>('coin');
    expect(() => store.transaction(async () => coins.put({ id: 'a', value: 1 }))).toThrow('synchronous');
    expect(coins.size).toBe(0);
    store.close();
  });

  it('freezes what it stores, so that a forgotten copy fails at once', () => {
    const store = new DocumentStore(':memory:');
    const coins = store.collection<Coin>('coin');
    coins.put({ id: 'a', value: 1 });
    expect(() => {
      coins.get('a')!.value = 2;
    }).toThrow(TypeError);
    store.close();
  });

  it('refuses to write after it was closed', () => {
    const store = new DocumentStore(':memory:');
    const coins = store.collection<Coin>('coin');
    store.close();
    expect(() => coins.put({ id: 'a', value: 1 })).toThrow('closed');
  });
});
