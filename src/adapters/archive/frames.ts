import type { Flaw } from './failure.ts';

/**
 * What one frame holds. An archive of ours is a row of zstd frames (RFC 8878), which every reader of zstd takes as one: each
 * holds so much, the last one less. Frames stand alone, so several threads can work on them; and it shows where the last one
 * is, so that nothing can follow it or be cut off unnoticed.
 */
export const frameBytes = 2 << 20;
/** By zstd's own bound on what content without any pattern becomes, and a frame's header and checksum. */
export const longestFrame = frameBytes + (frameBytes >> 8) + 64;

export interface Frame {
  /** Of the frame itself. */
  readonly sizeBytes: number;
  readonly contentBytes: number;
}

/**
 * Follows the structure of the frame that `bytes` begin with: as many as there are, or `longestFrame`. Nothing is unpacked.
 * Every frame has a checksum and says how much it holds; Node's decoder silently accepts what lacks its end or has more behind.
 */
export function measureFrame(bytes: Uint8Array, refuse: (flaw: Flaw) => Error): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const short = () => refuse(bytes.length < longestFrame ? cutShort : notOurs);
  if (bytes.length >= 4 && view.getUint32(0, true) !== 0xfd2fb528) throw refuse(notZstd);
  if (bytes.length < 5) throw short();
  const descriptor = view.getUint8(4);
  // A checksum, no dictionary, nothing reserved.
  if ((descriptor & 0b1_1111) !== 0b100) throw refuse(notOurs);
  const isOneSegment = (descriptor & 0b10_0000) !== 0;
  const sizeAt = isOneSegment ? 5 : 6;
  const sizeLength = [isOneSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (sizeLength === 0) throw refuse(notOurs);
  if (bytes.length < sizeAt + sizeLength) throw short();
  const contentBytes = readSize(view, sizeAt, sizeLength);
  if (contentBytes > frameBytes) throw refuse(bomb);
  let at = sizeAt + sizeLength;
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) throw short();
    const block = view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
    isLast = (block & 1) === 1;
    const type = (block >> 1) & 3;
    if (type === 3) throw refuse(notOurs);
    at += 3 + (type === 1 ? 1 : block >> 3);
  }
  const sizeBytes = at + 4;
  if (sizeBytes > bytes.length) throw short();
  return { sizeBytes, contentBytes };
}

function readSize(view: DataView, at: number, length: number): number {
  if (length === 1) return view.getUint8(at);
  if (length === 2) return view.getUint16(at, true) + 256;
  return length === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

const notZstd: Flaw = { en: 'it is not a zstd file', ja: 'zstd 形式ではありません' };
const notOurs: Flaw = {
  en: 'its compression is not as this program writes it',
  ja: '圧縮の形式がこのプログラムのものではありません',
};
const cutShort: Flaw = { en: 'its end is missing', ja: '途中で切れています' };
export const trailing: Flaw = { en: 'something follows its end', ja: '終端の後に余分なデータがあります' };
export const bomb: Flaw = { en: 'it unpacks to more than it may', ja: '展開後の大きさが上限を超えています' };
