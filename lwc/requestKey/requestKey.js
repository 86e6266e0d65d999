/** 128 random bits. getRandomValues, because randomUUID does not exist on pages without HTTPS. */
export function newRequestKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
