import { beginning } from '../plain-text.ts';
import type { Turn } from './model.ts';
import type { RecordedQuestion } from './store-ports.ts';

const TURN_LENGTH = 1_500;
const FEW_WORDS = 4;
const SHORT = 12;
const TURNS_BACK = 3;
/** Words that lean on what was said before. */
const CONNECTIVE =
  /^(?:and|but|or|so|also|then|what about|how about|what if|why|why not|which one)\b|^(?:では|じゃあ|じゃ|それで|それなら|そして|あと|ほかに|他に|なぜ|どうして)/i;
const POINTING =
  /\b(?:it|its|this|that|these|those|them|they|there|one|ones|instead|same|above)\b|(?:それ|これ|あれ|その|この|そこ|そちら|同じ|上記)/i;
const words = new Intl.Segmenter('ja', { granularity: 'word' });

/**
 * What to search for when a question goes on with a conversation: "and in threads?" alone finds nothing. A question
 * that leans on the one before (it has at most four words, begins with a connective, or is short and points back) is
 * searched together with it, and that one with the one before it if it leans, too. No model is asked.
 */
export function retrievalQuery(question: string, conversation: readonly Turn[]): string {
  const parts = [question];
  const asked = conversation.filter(({ role }) => role === 'user').map(({ text }) => beginning(text, TURN_LENGTH));
  while (parts.length <= TURNS_BACK && leansOnEarlier(parts[0] ?? '')) {
    const earlier = asked.pop();
    if (earlier === undefined) break;
    parts.unshift(earlier);
  }
  return parts.join('\n');
}

function leansOnEarlier(question: string): boolean {
  const count = [...words.segment(question)].filter(({ isWordLike }) => isWordLike === true).length;
  const trimmed = question.trim();
  return count <= FEW_WORDS || (count <= SHORT && (CONNECTIVE.test(trimmed) || POINTING.test(trimmed)));
}

/** The last turns as a model may read them: bounded, and without citations, whose numbers meant other passages. */
export function readableTurns(conversation: readonly Turn[], limit: number): Turn[] {
  const turns = limit > 0 ? conversation.slice(-limit) : [];
  const first = turns.findIndex(({ role }) => role === 'user');
  return (first === -1 ? [] : turns.slice(first)).map(({ role, text }) => ({
    role,
    text: cutText(role === 'model' ? text.replace(/\s?(?:\[\d{1,3}\])+/g, '') : text, TURN_LENGTH),
  }));
}

function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : `${beginning(text, limit)}…`;
}

/** Recorded exchanges as turns. One that failed had no answer to go on from. */
export function turnsOf(recorded: readonly RecordedQuestion[]): Turn[] {
  return recorded
    .filter(({ outcome }) => outcome !== 'failed')
    .flatMap(({ question, answer }): Turn[] => [
      { role: 'user', text: question },
      { role: 'model', text: answer },
    ]);
}
