import type { Database } from 'better-sqlite3';
import type { KnowledgeStore } from '../../knowledge/store-ports.ts';

/** More words than this make no question clearer; each costs time. */
const mostWords = 64;
/**
 * Ranking costs about half a microsecond for each passage that has a word. Beginning with the rarest words, which say
 * most, so many are ranked: all in a small store, 0.4 of the chunks in a large one. Measured on JSQuAD at 10,305
 * chunks, that halves the time (4.3 to 1.9 ms) for 0.0018 of nDCG@10.
 */
const occurrences = { share: 0.4, atLeast: 4000, atMost: 20_000 };

/** What a word of the title or the headings counts, one of the text counting 1; measured. */
const placeWeight = '3.0';

interface Hit {
  readonly id: number;
  readonly score: number;
  readonly visible: number;
}

export interface Search extends Pick<KnowledgeStore, 'searchWords' | 'wordFrequencies'> {
  /** To be called when the set of chunks has changed. */
  readonly forget: () => void;
}

export function createSearch(db: Database): Search {
  const frequency = frequencies(db);
  // Passages not ready yet, or removed, are in the index too: the join says which may be seen, and of whose guild.
  const search = db.prepare<[string, number, string], Hit>(
    `WITH hits AS MATERIALIZED (
       SELECT rowid AS id, bm25(chunk_words, 0.0, ${placeWeight}, 1.0) AS rank FROM chunk_words WHERE chunk_words MATCH ?
       ORDER BY rank LIMIT ?)
     SELECT hits.id, -hits.rank AS score, (d.state = 'ready' AND d.guild_id = ?) AS visible
     FROM hits JOIN chunks c ON c.id = hits.id JOIN documents d ON d.id = c.document_id ORDER BY hits.rank, hits.id`,
  );

  /** The words worth searching for: those most passages have are left out, unless nothing remains. */
  function worthwhile(words: readonly string[]): string[] {
    const counted = clean(words).map((word) => ({ word, chunks: frequency.of(word) }));
    const found = counted.filter(({ chunks }) => chunks > 0).sort((a, b) => a.chunks - b.chunks);
    const telling = found.filter(({ chunks }) => chunks * 2 <= frequency.total());
    const chosen = telling.length > 0 ? telling : found;
    const { share, atLeast, atMost } = occurrences;
    const most = Math.min(Math.max(frequency.total() * share, atLeast), atMost);
    let sum = 0;
    return chosen.filter(({ chunks }, index) => (sum += chunks) <= most || index === 0).map(({ word }) => word);
  }

  return {
    async searchWords(guildId, words, limit) {
      frequency.refresh();
      const chosen = worthwhile(words);
      if (chosen.length === 0 || limit < 1) return [];
      const anyWord = `{place words} : (${chosen.map(quote).join(' OR ')})`;
      // The join keeps guilds apart; this only spares ranking the passages of others, where there are others.
      const match = frequency.severalGuilds() ? `guild_id : ${quote(guildId)} AND ${anyWord}` : anyWord;
      for (let reach = limit + 20; ; reach *= 4) {
        const hits = search.all(match, reach, guildId);
        const visible = hits.filter((hit) => hit.visible === 1);
        if (visible.length < limit && hits.length === reach) continue;
        return visible.slice(0, limit).map(({ id, score }) => ({ chunkId: id, score }));
      }
    },
    wordFrequencies(words) {
      frequency.refresh();
      return { chunks: frequency.total(), frequencies: new Map(words.map((word) => [word, frequency.of(word)])) };
    },
    forget: () => frequency.forget(),
  };
}

/** In how many chunks a word occurs, and other figures, remembered until the index changes, by us or by another process. */
function frequencies(db: Database) {
  // The index stems its words, and only MATCH stems ours: an fts5vocab table would not find them as they are.
  const count = db.prepare<[string], number>('SELECT count(*) FROM chunk_words WHERE chunk_words MATCH ?').pluck();
  const all = db.prepare<[], number>('SELECT count(*) FROM chunks').pluck();
  const guilds = db
    .prepare<[], number>('SELECT count(*) FROM (SELECT DISTINCT guild_id FROM documents LIMIT 2)')
    .pluck();
  const changes = db.prepare<[], number>('PRAGMA data_version').pluck();
  const known = new Map<string, number>();
  let total: number | null = null;
  let several: boolean | null = null;
  let version: number | undefined;

  function forget() {
    known.clear();
    total = null;
    several = null;
  }
  function refresh() {
    const now = changes.get();
    if (now !== version || known.size > 50_000) forget();
    version = now;
  }
  return {
    forget,
    /** Asks once per search, not per word, whether something has changed. */
    refresh,
    of(word: string): number {
      const remembered = known.get(word);
      if (remembered !== undefined) return remembered;
      const chunks = hasWord.test(word) ? (count.get(`{place words} : ${quote(word)}`) ?? 0) : 0;
      known.set(word, chunks);
      return chunks;
    },
    total(): number {
      total ??= all.get() ?? 0;
      return total;
    },
    severalGuilds(): boolean {
      several ??= (guilds.get() ?? 0) > 1;
      return several;
    },
  };
}

/** Something the tokenizer keeps; a phrase without any matches nothing. */
const hasWord = /[\p{L}\p{N}\p{Co}]/u;

function clean(words: readonly string[]): string[] {
  const distinct = new Set(
    words.map((word) => word.replaceAll('\0', '').toLowerCase()).filter((word) => hasWord.test(word)),
  );
  return [...distinct].slice(0, mostWords);
}

/** A string of FTS5: inside the quotes nothing is an operator. */
function quote(word: string): string {
  return `"${word.replaceAll('\0', '').replaceAll('"', '""')}"`;
}
