import { newRequestKey } from 'c/requestKey';

describe('c-request-key', () => {
  it('makes a new key of 128 bits each time', () => {
    const keys = new Set(Array.from({ length: 100 }, newRequestKey));
    expect(keys.size).toBe(100);
    keys.forEach((key) => expect(key).toMatch(/^[0-9a-f]{32}$/));
  });
});
