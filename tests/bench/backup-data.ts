import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ChromaClient, type Collection } from 'chromadb';
import { createNames } from '../../src/adapters/chroma/names.ts';
import { textHashOf } from '../../src/knowledge/hash-model.ts';
import { openChromaServer } from '../../src/adapters/chroma/server.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { parseConfig } from '../../src/config.ts';
import { cacheDirectory, createTestLog } from '../support/chroma.ts';
import { createWriter } from './corpus.ts';
import { space, vectorOf } from './engine.ts';
import { guildId } from './stage.ts';

/** What a passage takes: 7 kB in SQLite with its vector, words and share of the document, 3.5 kB in Chroma. Measured. */
const bytesPerPassage = 10_700;
const sectionsPerDocument = 100;
const batch = 1_000;

/** Raised when the content changes. */
const generation = 1;

/**
 * A knowledge base of about that many bytes in a folder that is kept for later runs: documents, passages, the index of their
 * words and their vectors in a database of ours, and the same vectors in a real Chroma folder. The same every time.
 */
export async function prepareData(sizeBytes: number): Promise<{ readonly folder: string; readonly passages: number }> {
  const passages = Math.max(100, Math.round(sizeBytes / bytesPerPassage));
  const folder = join(cacheDirectory, `bench-${generation}-${passages}`);
  if (existsSync(folder)) return { folder, passages };
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'chroma'), { recursive: true });
  const database = join(partial, 'bot.db');
  openStore({ file: database, timeoutMs: 1_000 }).close();
  await using server = await openChromaServer({
    directory: join(partial, 'chroma'),
    cacheDirectory,
    log: createTestLog(),
  });
  const { host, port } = server.endpoint();
  const names = createNames(parseConfig({}).chroma.collectionPrefix);
  const collection = await new ChromaClient({ host, port, ssl: false }).createCollection({
    name: names.nameOf({ guildId, space }),
    metadata: names.metadataOf({ guildId, space }),
    configuration: { hnsw: { space: 'cosine' } },
    embeddingFunction: null,
  });
  await fill(database, collection, passages);
  await server.close();
  renameSync(partial, folder);
  return { folder, passages };
}

/** Straight into the tables: the bot's own way commits as it goes, which would take a hundred times as long. */
async function fill(file: string, collection: Collection, passages: number): Promise<void> {
  const db = new Database(file);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -200000');
  db.prepare('INSERT INTO spaces (key, id) VALUES (1, ?)').run(space.id);
  const addDocument = db.prepare(
    `INSERT INTO documents (guild_id, title, name, search_key, content_hash, size_bytes, added_by, added_at, state, chunked, chunk_count)
     VALUES (?, :title, :name, lower(:title), :hash, :size, 'bench', 1790000000000, 'ready', 1, :count) RETURNING id`,
  );
  const addContent = db.prepare('INSERT INTO document_contents (document_id, content) VALUES (?, ?)');
  const addChunk = db.prepare(
    `INSERT INTO chunks (document_id, guild_id, ordinal, headings, text, tokens, text_hash, words) VALUES (?, ?, ?, ?, ?, 200, ?, ?)
     RETURNING id`,
  );
  const addVector = db.prepare('INSERT INTO vectors (chunk_id, space, vector) VALUES (?, 1, ?)');
  const writer = createWriter(passages);
  let waiting: { id: string; vector: number[] }[] = [];
  const index = async () => {
    const [ids, embeddings] = [waiting.map(({ id }) => id), waiting.map(({ vector }) => vector)];
    waiting = [];
    if (ids.length > 0) await collection.add({ ids, embeddings });
  };
  const write = db.transaction((number: number, count: number) => {
    const title = `Volume ${number}`;
    const text = writer.document(title, count);
    const hash = createHash('sha256').update(text).digest('hex');
    const document = { title, name: `${title}.md`, hash, size: text.length, count };
    const { id: documentId } = addDocument.get(guildId, document) as { id: number };
    addContent.run(documentId, Buffer.from(text));
    const sections = text.split('\n\n## ').slice(1);
    for (const [ordinal, section] of sections.entries()) {
      const heading = section.slice(0, section.indexOf('\n'));
      const body = section.slice(heading.length).trim();
      const words = `${title} ${heading}\n${body.toLowerCase().replaceAll('.', '')}`;
      const textHash = textHashOf(title, [heading], body);
      const headings = JSON.stringify([heading]);
      const { id } = addChunk.get(documentId, guildId, ordinal, headings, body, textHash, words) as { id: number };
      const vector = vectorOf(body);
      addVector.run(id, Buffer.from(vector.buffer));
      waiting.push({ id: String(id), vector: Array.from(vector) });
    }
  });
  for (let done = 0, number = 1; done < passages; number += 1) {
    const count = Math.min(sectionsPerDocument, passages - done);
    write(number, count);
    done += count;
    if (waiting.length >= batch || done === passages) await index();
  }
  db.close();
}
