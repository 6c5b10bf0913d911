import { endianness } from 'node:os';
import { AppError } from '../../errors.ts';

/** A vector as the database keeps it: little-endian float32, as every platform we run on has it in memory. */
export function toBlob(vector: Float32Array): Uint8Array {
  if (endianness() !== 'LE') throw new AppError('config', 'NescordBot needs a little-endian processor.');
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** The bytes are copied where they do not lie on a multiple of four, which a Float32Array needs. */
export function fromBlob(blob: Uint8Array): Float32Array {
  if (blob.byteLength % 4 !== 0) throw new AppError('damaged', 'A stored vector has an impossible length.');
  const aligned = blob.byteOffset % 4 === 0 ? blob : new Uint8Array(blob);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
