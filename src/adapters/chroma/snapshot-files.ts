import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export const databaseName = 'chroma.sqlite3';

/** The folder of a vector segment. Our lock, our note of the child and what was set aside are none. */
export const isSegment = (name: string) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(name);

/** SQLite counts its transactions here, four bytes in the header. */
const counterAt = 24;

/**
 * What the files looked like at an instant, as a text to be compared: names, sizes, times, and the database's own count of
 * transactions, as a file's time may stand still for some milliseconds. Null while a transaction is under way.
 */
export async function look(directory: string): Promise<string | null> {
  const parts: string[] = [];
  for (const name of (await readdir(directory)).sort()) {
    if (name === `${databaseName}-journal` || name === `${databaseName}-wal`) {
      if ((await stat(join(directory, name))).size > 0) return null;
    } else if (name === databaseName) {
      parts.push(await lookAtFile(join(directory, name), name), await transactions(join(directory, name)));
    } else if (isSegment(name)) {
      for (const file of (await readdir(join(directory, name))).sort())
        parts.push(await lookAtFile(join(directory, name, file), `${name}/${file}`));
    }
  }
  return parts.join('\n');
}

async function lookAtFile(path: string, name: string): Promise<string> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
  return [name, ino, size, mtimeNs, ctimeNs].join(' ');
}

async function transactions(path: string): Promise<string> {
  await using handle = await open(path, 'r');
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, counterAt);
  return buffer.toString('hex');
}
