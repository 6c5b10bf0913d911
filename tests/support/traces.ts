import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where each of these stands in the files of a folder, byte for byte: `FILE: WHAT`, once for each file. */
export function tracesIn(folder: string, marks: readonly (string | Buffer)[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const file = join(entry.parentPath, entry.name);
    const content = readFileSync(file);
    const found = marks.filter((mark) => content.includes(mark));
    return found.map((mark) => `${relative(folder, file)}: ${typeof mark === 'string' ? mark : mark.toString('hex')}`);
  });
}

/** Several stretches of 16 bytes of a vector as it lies on the disk, in float32, little-endian. */
export function piecesOf(vector: Float32Array): Buffer[] {
  const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  const starts = [0, 1, 2, 3].map((quarter) => Math.floor((quarter * (bytes.length - 16)) / 3 / 4) * 4);
  return starts.map((start) => bytes.subarray(start, start + 16));
}
