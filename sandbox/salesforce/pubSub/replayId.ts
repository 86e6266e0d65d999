import { createHash } from 'node:crypto';

/**
 * Replay ids are opaque: eight bytes for the position and two that only this stream can make, so that an id of another
 * org, or of this one before its data was thrown away, is known for what it is.
 */
export function encodeReplayId(stream: string, position: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(position));
  seal(stream, position).copy(bytes, 8);
  return bytes;
}

/** The position; undefined for bytes that are no replay id at all, `foreign` for one that this stream did not make. */
export function decodeReplayId(stream: string, bytes: Buffer): number | 'foreign' | undefined {
  if (bytes.length !== 10) return undefined;
  const position = Number(bytes.readBigUInt64BE());
  return seal(stream, position).equals(bytes.subarray(8)) ? position : 'foreign';
}

function seal(stream: string, position: number): Buffer {
  return createHash('sha256').update(`${stream}:${position}`).digest().subarray(0, 2);
}
