import type { Passage } from '../knowledge/model.ts';
import { beginning } from '../plain-text.ts';
import { placeOf } from './ask.ts';
import type { Shell } from './shell.ts';

const EXCERPT_CHARACTERS = 300;

/** Shows the passages that fit best, with their scores, without an answer. */
export async function search(shell: Shell, query: string, limit: number): Promise<void> {
  const { library, guildId, terminal, signal } = shell;
  const found = await library.search(guildId, query, limit, signal);
  if (found.notice !== null) terminal.note(found.notice.en);
  terminal.result(
    found.passages.length === 0 ? 'Nothing comes close to that.' : found.passages.map(rendered).join('\n\n'),
    found,
  );
}

function rendered(passage: Passage, index: number): string {
  const scores = [
    `score ${passage.score.toFixed(3)}`,
    ...(passage.similarity === null ? [] : [`similarity ${passage.similarity.toFixed(3)}`]),
    ...(passage.bm25 === null ? [] : [`BM25 ${passage.bm25.toFixed(1)}`]),
  ];
  const text = passage.text.replaceAll(/\s+/g, ' ');
  const excerpt = text.length > EXCERPT_CHARACTERS ? `${beginning(text, EXCERPT_CHARACTERS)}…` : text;
  return `${index + 1}. ${placeOf(passage)} (${scores.join(', ')})\n   ${excerpt}`;
}
