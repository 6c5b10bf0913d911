import { AppError, isAppError } from '../errors.ts';
import type { Notice } from './degraded.ts';
import { wordsAloneNotice } from './degraded.ts';
import { createBreaker } from './breaker.ts';
import { fusionDepth } from './fuse.ts';
import type { Clock, Embedder, Neighbour, VectorIndex } from './ports.ts';
import { within } from './within.ts';

export interface NeighbourSearch {
  readonly index: Pick<VectorIndex, 'nearest'>;
  readonly embedder: Pick<Embedder, 'space' | 'embedQuery'>;
  readonly clock: Clock;
  /** How long a question waits for its embedding, and again for its neighbours, before words alone answer. */
  readonly timeoutMs: number;
  /** Whether the index has lost what it held of a server, which finding nothing there may tell. */
  readonly isLost?: (guildId: string, foundNothing: boolean) => boolean;
  /** Told of every failure that made a search go by words alone. */
  readonly onFailure: (part: 'embedder' | 'index', error: unknown, guildId: string) => void;
  /** Whether somebody is at work on what is damaged, or about to be; asked after `onFailure`. */
  readonly isRepaired?: () => boolean;
}

export interface Neighbourhood {
  /** The question's vector; null when the vectors cannot take part, and then `notice` says why. */
  readonly vector: Float32Array | null;
  readonly neighbours: readonly Neighbour[];
  readonly notice: Notice | null;
}

/** Finds a question's neighbours, or says in words why there are none. Throws `aborted` and nothing else. */
export function createNeighbourSearch({
  index,
  embedder,
  clock,
  timeoutMs,
  isLost = () => false,
  isRepaired = () => false,
  onFailure,
}: NeighbourSearch) {
  const breakerFor = (part: 'embedder' | 'index') =>
    createBreaker({
      clock,
      restMs: 5_000,
      longestRestMs: 120_000,
      // A question that the model refuses says nothing about the next one.
      isFault: (error) => !isAppError(error, 'aborted') && !(part === 'embedder' && isAppError(error, 'invalid')),
    });
  const breakers = { embedder: breakerFor('embedder'), index: breakerFor('index') };

  return async (guildId: string, question: string, signal?: AbortSignal): Promise<Neighbourhood> => {
    let part: 'embedder' | 'index' = 'embedder';
    try {
      const vector = await breakers.embedder.run(() =>
        within(timeoutMs, signal, (stop) => embedder.embedQuery(question, stop)),
      );
      part = 'index';
      if (isLost(guildId, false)) throw lost();
      const neighbours = await breakers.index.run(() =>
        within(timeoutMs, signal, (stop) =>
          index.nearest({ guildId, space: embedder.space }, vector, fusionDepth, stop),
        ),
      );
      if (neighbours.length === 0 && isLost(guildId, true)) throw lost();
      return { vector, neighbours, notice: null };
    } catch (error) {
      if (isAppError(error, 'aborted')) throw error;
      onFailure(part, error, guildId);
      return { vector: null, neighbours: [], notice: wordsAloneNotice(part, error, isRepaired()) };
    }
  };
}

const lost = (): AppError => new AppError('damaged', 'The index does not hold what it held of this server.');
