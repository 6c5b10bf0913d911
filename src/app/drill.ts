import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createNames } from '../adapters/chroma/names.ts';
import { countProblems } from '../backup/compatibility.ts';
import type { Rows } from '../backup/model.ts';
import type { DatabaseFiles, DrillRig } from '../backup/ports.ts';
import { LIVE_DATABASE } from '../backup/restore-parts.ts';
import type { Config } from '../config.ts';
import { AppError, isAppError } from '../errors.ts';
import type { Chunk } from '../knowledge/model.ts';
import type { CollectionKey, Embedder } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';
import type { Engine } from './engine.ts';
import { openKnowledgeBase, type KnowledgeBase } from './knowledge-base.ts';

export interface DrillParts {
  readonly config: Config;
  /** The bot's own: its space and what is known of it; it is not asked for anything. */
  readonly engine: () => Engine;
  readonly files: Pick<DatabaseFiles, 'count'>;
  readonly log: Log;
  readonly clock: () => number;
  readonly random: () => number;
}

type Found = Pick<KnowledgeBase, 'store' | 'indexServer'>;

interface Sample {
  readonly guildId: string;
  readonly chunk: Chunk;
  /** Null where the backup has no vector of it in the bot's space. */
  readonly vector: Float32Array | null;
}

const sampledGuilds = 5;
const sampledVectors = 20;
const neighbours = 10;
const questionWords = 12;
const sameVector = 0.999;
const idsPage = 1_000;
/**
 * An HNSW index does not reach each of its vectors: of 465 passages much alike, all of them in it, 5 were found by no search
 * with their own vectors (measured). What is damaged misses many.
 */
const missedByNature = 0.25;

/** Opens a backup that was unpacked to a scratch folder as the bot would, with a Chroma of its own and no word to a vendor. */
export function createDrillRig(parts: DrillParts): DrillRig {
  const { files, log, clock, random } = parts;
  return {
    async rehearse(folder, counts, signal) {
      const file = join(folder, LIVE_DATABASE);
      const directory = join(folder, 'chroma');
      const { collectionPrefix } = parts.config.chroma;
      try {
        const problems = countProblems(counts.tables, await files.count(file, signal));
        const hasIndex = Object.keys(counts.collections).length > 0;
        await mkdir(directory, { recursive: true });
        const config: Config = {
          ...parts.config,
          database: { ...parts.config.database, file, isDefault: false },
          chroma: { collectionPrefix, directory, directoryIsDefault: false, remote: null },
        };
        const engine = silentEngine(parts.engine());
        const { space } = engine.embedder;
        await using base = await openKnowledgeBase(config, {
          log: quiet(log),
          clock,
          random,
          engine,
          paused: true,
          ...(signal === undefined ? {} : { signal }),
          async inspect(found) {
            if (!hasIndex) return;
            const keys = found.store.knowledge.guildsWithDocuments().map((guildId) => ({ guildId, space }));
            problems.push(...(await wrongCounts(found, keys, counts, collectionPrefix)));
            for (const key of keys.slice(0, sampledGuilds)) problems.push(...(await lostVectors(found, key)));
          },
        });
        const sample = sampleOf(base, space.id);
        if (sample !== null) problems.push(...(await unanswered(base, engine, sample, signal)));
        return problems;
      } catch (error) {
        if (!isAppError(error) || error.code === 'aborted' || signal?.aborted === true) throw error;
        return [error.message];
      }
    },
  };
}

async function wrongCounts({ indexServer }: Found, keys: readonly CollectionKey[], counts: Rows, prefix: string) {
  const names = createNames(prefix);
  const problems: string[] = [];
  for (const key of keys) {
    const expected = counts.collections[names.nameOf(key)];
    if (expected === undefined) continue; // not yet indexed, or of another space
    const found = await indexServer.index.count(key);
    if (found !== expected) problems.push(`the index of server ${key.guildId} has ${found} vectors, not ${expected}`);
  }
  return problems;
}

/** Vectors that SQLite holds and Chroma does not find: counts alone do not read Chroma's vector files. */
async function lostVectors({ store, indexServer }: Found, key: CollectionKey): Promise<string[]> {
  const known = store.knowledge.vectors(key.space.id, spread(allIds(store, key), sampledVectors));
  let lost = 0;
  for (const { chunkId, vector } of known) {
    if (vector.every((value) => value === 0)) continue; // no direction, so no neighbours
    const near = await indexServer.index.nearest(key, vector, neighbours);
    // Passages of one text have one vector: any of them shows that it is there. Of many such, the search misses some.
    if (!near.some(({ id, similarity }) => id === chunkId || similarity > sameVector)) lost += 1;
  }
  return lost <= known.length * missedByNature
    ? []
    : [`${lost} of ${known.length} known vectors of server ${key.guildId} are not found in the index`];
}

function allIds({ knowledge }: Found['store'], { guildId, space }: CollectionKey): number[] {
  const ids: number[] = [];
  for (let after = 0; ;) {
    const page = knowledge.guildVectorIds(guildId, space.id, { after, limit: idsPage });
    ids.push(...page);
    if (page.length < idsPage) return ids;
    after = page.at(-1) ?? after;
  }
}

/** From the first to the last: what is lost is often the newest. */
function spread(ids: readonly number[], count: number): number[] {
  const step = Math.max(1, (ids.length - 1) / (count - 1));
  return Array.from({ length: Math.min(count, ids.length) }, (_, at) => ids[Math.round(at * step)] ?? 0);
}

function sampleOf({ store: { knowledge } }: KnowledgeBase, spaceId: string): Sample | null {
  for (const guildId of knowledge.guildsWithDocuments()) {
    const { items } = knowledge.documents(guildId, { offset: 0, limit: 50 });
    for (const document of items) {
      if (document.state !== 'ready') continue;
      const chunk = knowledge.chunks(document.id, { offset: 0, limit: 1 })[0];
      if (chunk === undefined) continue;
      return { guildId, chunk, vector: knowledge.vectors(spaceId, [chunk.id])[0]?.vector ?? null };
    }
  }
  return null;
}

/** Asks with the words of a passage that is known to be there, and expects that passage. */
async function unanswered(base: KnowledgeBase, engine: SilentEngine, sample: Sample, signal?: AbortSignal) {
  const { guildId, chunk, vector } = sample;
  engine.answerWith(vector);
  const words = [...new Set(chunk.words.split(' '))].sort((a, b) => b.length - a.length).slice(0, questionWords);
  const { passages } = await base.library.search(guildId, words.join(' '), neighbours, signal);
  const answered = passages.some(({ chunkId, text }) => chunkId === chunk.id || text === chunk.text);
  return answered ? [] : [`a question about document ${chunk.documentId} did not find it`];
}

interface SilentEngine extends Engine {
  answerWith(vector: Float32Array | null): void;
}

/** Of the bot's space, and it never leaves the machine. */
function silentEngine({ embedder, generator }: Engine): SilentEngine {
  let known: Float32Array | null = null;
  const nobody = () => new AppError('unavailable', 'Nothing is embedded in a rehearsal.');
  const silent: Embedder = {
    space: embedder.space,
    relevance: embedder.relevance,
    async embedDocuments() {
      throw nobody();
    },
    async embedQuery() {
      if (known === null) throw nobody();
      return known;
    },
  };
  return { embedder: silent, generator, answerWith: (vector) => void (known = vector) };
}

/** The rehearsal's ordinary lines would read as if the bot had started again. */
function quiet(log: Log): Log {
  return { ...log, info: (message, details) => log.debug(`drill: ${message}`, details) };
}
