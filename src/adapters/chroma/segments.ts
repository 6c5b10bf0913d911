import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createNames } from './names.ts';
import { databaseName } from './snapshot-files.ts';

/** What a collection takes on the disk of a local server. */
export interface SegmentFigures {
  readonly guildId: string;
  readonly spaceId: string;
  /** Of all files of its vectors; 0 while it is so small that Chroma keeps them in its queue. */
  readonly bytes: number;
  /** Of `link_lists.bin` alone, the upper levels of its graph. */
  readonly linkBytes: number;
  /** Rows of the queue that are not in those files, or that were not removed once they were. */
  readonly queued: number;
}

/** A queue that is not emptied any more is not counted to its end. */
const MOST_QUEUED = 20_000;

/** Null where it cannot be told now, because the server is writing. */
export async function readSegments(directory: string, prefix: string): Promise<readonly SegmentFigures[] | null> {
  const names = createNames(prefix);
  const rows = readRows(join(directory, databaseName));
  if (rows === null) return null;
  const figures = rows.map(async ({ segment, queued, metadata }): Promise<SegmentFigures | null> => {
    const key = names.keyOf(metadata);
    if (key === null || names.isPassing(metadata)) return null;
    const folder = join(directory, segment);
    const files = await readdir(folder).catch((): string[] => []);
    const sizes = await Promise.all(files.map(async (name) => ({ name, bytes: await sizeOf(join(folder, name)) })));
    return {
      guildId: key.guildId,
      spaceId: key.spaceId,
      bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
      linkBytes: sizes.find(({ name }) => name === 'link_lists.bin')?.bytes ?? 0,
      queued,
    };
  });
  return (await Promise.all(figures)).filter((one) => one !== null);
}

function readRows(file: string) {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(file, { readOnly: true });
    const queued = new Map(
      db
        .prepare(
          `SELECT substr(topic, -36) AS collection, count(*) AS rows FROM (SELECT topic FROM embeddings_queue LIMIT ?)
           GROUP BY collection`,
        )
        .all(MOST_QUEUED)
        .map(({ collection, rows }) => [String(collection), Number(rows)]),
    );
    const metadata = db.prepare(
      'SELECT key, str_value, bool_value FROM collection_metadata WHERE collection_id = ? AND key IS NOT NULL',
    );
    return db
      .prepare("SELECT id, collection FROM segments WHERE scope = 'VECTOR'")
      .all()
      .map(({ id, collection }) => ({
        segment: String(id),
        queued: queued.get(String(collection)) ?? 0,
        metadata: Object.fromEntries(
          metadata
            .all(collection ?? '')
            .map(({ key, str_value, bool_value }) => [String(key), str_value ?? bool_value === 1]),
        ),
      }));
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
