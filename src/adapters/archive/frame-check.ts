import type { Flaw } from './failure.ts';

/**
 * Follows the structure of a zstd frame (RFC 8878) as its bytes pass by. An archive of ours is one frame with a checksum and
 * nothing else, which has to be checked because Node's decoder silently ignores what follows the first frame.
 */
export function createFrameCheck(refuse: (flaw: Flaw) => Error) {
  let state: 'header' | 'block' | 'checksum' | 'over' = 'header';
  const field = Buffer.alloc(18);
  let have = 0;
  /** Bytes of a block's content still to pass. */
  let passing = 0;

  function take(): void {
    if (state === 'header') {
      if (have < 5 || have < headerLength(field.readUInt8(4))) {
        if (have === 4 && field.readUInt32LE(0) !== 0xfd2fb528) throw refuse(notZstd);
        if (have === 5 && (field.readUInt8(4) & 0b1_1111) !== 0b100) throw refuse(notOurs);
        if (have < 5 || have < headerLength(field.readUInt8(4))) return;
      }
      state = 'block';
    } else if (state === 'block') {
      if (have < 3) return;
      const block = field.readUIntLE(0, 3);
      const [isLast, type, size] = [(block & 1) === 1, (block >> 1) & 3, block >> 3];
      if (type === 3) throw refuse(notOurs);
      passing = type === 1 ? 1 : size;
      if (isLast) state = 'checksum';
    } else {
      if (have < 4) return;
      state = 'over';
    }
    have = 0;
  }

  return {
    /** How many of these bytes belong to the frame: fewer than there are when something follows it. */
    feed(chunk: Uint8Array): number {
      let at = 0;
      while (at < chunk.length && (passing > 0 || state !== 'over')) {
        if (passing > 0) {
          const step = Math.min(passing, chunk.length - at);
          passing -= step;
          at += step;
        } else {
          field[have] = chunk[at] ?? 0;
          have += 1;
          at += 1;
          take();
        }
      }
      return at;
    },
    end(): void {
      if (state !== 'over') throw refuse(cutShort);
    },
  };
}

/** By the descriptor: magic, descriptor, window unless in a single segment, content size. Dictionaries are refused before. */
function headerLength(descriptor: number): number {
  const singleSegment = (descriptor & 0b10_0000) !== 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return 5 + (singleSegment ? 0 : 1) + sizeBytes;
}

const notZstd: Flaw = { en: 'it is not a zstd file', ja: 'zstd 形式ではありません' };
const notOurs: Flaw = {
  en: 'its compression is not as this program writes it',
  ja: '圧縮の形式がこのプログラムのものではありません',
};
export const trailing: Flaw = { en: 'something follows its end', ja: '終端の後に余分なデータがあります' };
const cutShort: Flaw = { en: 'its end is missing', ja: '途中で切れています' };
