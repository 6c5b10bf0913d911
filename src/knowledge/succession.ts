import { setImmediate } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { EmbeddingSpace } from './model.ts';
import type { CollectionKey, KnowledgeStore, Neighbour, VectorIndex } from './ports.ts';
import { findsItself, spread } from './self-search.ts';
import type { WriteGate } from './write-gate.ts';

export interface SuccessionParts {
  readonly store: Pick<KnowledgeStore, 'guildVectorIds' | 'vectors'>;
  readonly index: VectorIndex;
  readonly space: EmbeddingSpace;
  readonly gate: WriteGate;
  /** Called when the successor answers, before anybody writes to it. */
  readonly onSucceeded: () => void;
}

interface Succession extends SuccessionParts {
  readonly last: CollectionKey;
  readonly next: CollectionKey;
  readonly signal: AbortSignal;
}

const idsPage = 1_000;
const vectorsPage = 500;
/** So many of its own vectors are searched for in both. */
const samples = 12;
const neighbours = 10;
/** The graph is a matter of chance: a neighbour in ten may be another one that is a little farther off. */
const leastAsNear = 0.9;
const rounding = 1e-3;

/**
 * Makes a server's collection anew, beside the one that answers, from the vectors in SQLite, and lets it take that one's
 * place when it holds the same ids and finds neighbours as near. Writers go on while it is filled; they wait while what
 * changed meanwhile is made up for and both are compared. After a crash at any step, `settle` of the index finds the way.
 * @throws AppError `damaged`: it does not find what it should, and is removed again; `unavailable`, `aborted`
 */
export async function makeAnew(parts: SuccessionParts, guildId: string, signal: AbortSignal): Promise<void> {
  const { index, space, gate } = parts;
  const last: CollectionKey = { guildId, space };
  const succession: Succession = { ...parts, last, next: { ...last, isSuccessor: true }, signal };
  await index.settle();
  try {
    await bringUp(succession, () => gate.enter(signal));
    const release = await gate.hold(signal);
    try {
      const wanted = await bringUp(succession, async () => () => undefined);
      if (wanted.length === 0) await index.drop(last);
      else {
        await compare(succession, wanted);
        await index.succeed(last);
      }
      parts.onSucceeded();
    } finally {
      release();
    }
  } catch (error) {
    // Nobody is answered from it. What cannot be removed now, the next one removes, or the next start.
    await index.settle().catch(() => undefined);
    throw error;
  }
}

/** Puts into the successor what it lacks and takes out what has gone. Returns what it holds then. */
async function bringUp(succession: Succession, enter: () => Promise<() => void>): Promise<readonly number[]> {
  const { store, index, space, next, signal } = succession;
  const wanted = await idsWanted(succession);
  const ghosts = new Set<number>();
  const missing = new Set(wanted);
  for await (const page of index.ids(next)) for (const id of page) if (!missing.delete(id)) ghosts.add(id);
  await index.remove(next, [...ghosts]);
  const ids = [...missing];
  for (let from = 0; from < ids.length; from += vectorsPage) {
    checkGoingOn(signal);
    const leave = await enter();
    try {
      const vectors = store.vectors(space.id, ids.slice(from, from + vectorsPage));
      await index.upsert(
        next,
        vectors.map(({ chunkId, vector }) => ({ id: chunkId, vector })),
        signal,
      );
    } finally {
      leave();
    }
  }
  return wanted;
}

/** What SQLite says, and what the collection holds of documents that are being indexed at this moment, in the order of ids. */
async function idsWanted({ store, index, space, last, signal }: Succession): Promise<readonly number[]> {
  const wanted = new Set<number>();
  for (let after = 0; ;) {
    const page = store.guildVectorIds(last.guildId, space.id, { after, limit: idsPage });
    for (const id of page) wanted.add(id);
    if (page.length < idsPage) break;
    after = page.at(-1) ?? after;
    await setImmediate();
    checkGoingOn(signal);
  }
  const others: number[] = [];
  for await (const page of index.ids(last)) others.push(...page.filter((id) => !wanted.has(id)));
  for (let from = 0; from < others.length; from += vectorsPage) {
    for (const { chunkId } of store.vectors(space.id, others.slice(from, from + vectorsPage))) wanted.add(chunkId);
    await setImmediate();
  }
  return [...wanted].sort((a, b) => a - b);
}

async function compare({ store, index, space, last, next, signal }: Succession, ids: readonly number[]): Promise<void> {
  const there = await index.count(next);
  if (there !== ids.length) throw unfit(last, `it holds ${there} of ${ids.length} vectors`);
  if (!(await findsItself({ store, index, space, signal }, next, ids))) throw unfit(last, 'it does not find its own');
  let [compared, asNear] = [0, 0];
  for (const { chunkId, vector } of store.vectors(space.id, spread(ids, samples))) {
    // One that is damaged cannot be asked, or finds something else: that is no measure.
    const before = await index.nearest(last, vector, neighbours, signal).catch((): Neighbour[] => []);
    if (!before.some(({ id }) => id === chunkId)) continue;
    const now = await index.nearest(next, vector, neighbours, signal);
    compared += before.length;
    asNear += before.filter(({ similarity }, at) => (now[at]?.similarity ?? -1) > similarity - rounding).length;
  }
  if (asNear < compared * leastAsNear) throw unfit(last, `of ${compared} neighbours it finds ${asNear}`);
}

function unfit({ guildId }: CollectionKey, why: string): AppError {
  return new AppError('damaged', `The collection of server ${guildId} that was made anew was not used: ${why}.`);
}

function checkGoingOn(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('aborted', 'The collection is not made anew at the moment.');
}
