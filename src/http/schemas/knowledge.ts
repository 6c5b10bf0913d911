import { Type, type Static } from 'typebox';
import type { Answer, Document, Passage } from '../../knowledge/model.ts';
import { withTimes } from '../../plain-text.ts';
import { iso, Milliseconds, nullable, Time } from './common.ts';

export const DocumentBody = Type.Object({
  id: Type.Integer(),
  guild: Type.String(),
  title: Type.String(),
  name: Type.String(),
  url: nullable(Type.String()),
  sizeBytes: Type.Integer(),
  addedBy: Type.String(),
  addedAt: Time,
  state: Type.String({ description: 'queued, ready or failed' }),
  passages: Type.Integer(),
  failure: nullable(Type.String()),
});

export type DocumentView = Static<typeof DocumentBody>;

export function documentView(document: Document): DocumentView {
  const { id, guildId: guild, title, name, url, sizeBytes, addedBy, state, chunkCount: passages, failure } = document;
  return { id, guild, title, name, url, sizeBytes, addedBy, addedAt: iso(document.addedAt), state, passages, failure };
}

export const PassageBody = Type.Object({
  documentId: Type.Integer(),
  title: Type.String(),
  url: nullable(Type.String()),
  headings: Type.Array(Type.String()),
  text: Type.String(),
  score: Type.Number(),
  similarity: nullable(Type.Number()),
  bm25: nullable(Type.Number()),
});

export function passageView(passage: Passage): Static<typeof PassageBody> {
  const { documentId, title, url, headings, text, score, similarity, bm25 } = passage;
  return { documentId, title, url, headings: [...headings], text, score, similarity, bm25 };
}

const Place = {
  documentId: Type.Integer(),
  title: Type.String(),
  url: nullable(Type.String()),
  headings: Type.Array(Type.String()),
};
export const AnswerBody = Type.Object({
  questionId: Type.Integer(),
  outcome: Type.Union([Type.Literal('answered'), Type.Literal('refused')]),
  rung: Type.String({ description: 'full, passages (no model) or keywords (no vectors)' }),
  notice: nullable(Type.String({ description: 'Why the rung is not full' })),
  text: Type.String({ description: 'Markdown; [n] names a source' }),
  sources: Type.Array(Type.Object({ number: Type.Integer(), ...Place })),
  nearest: Type.Array(Type.Object(Place)),
  engine: Type.String(),
  durationMs: Milliseconds,
});

export type AnswerView = Static<typeof AnswerBody>;

export function answerView(answer: Answer): AnswerView {
  const { questionId, outcome, rung, text, engine, durationMs } = answer;
  const notice = answer.notice === null ? null : withTimes(answer.notice);
  const place = <Source extends { readonly headings: readonly string[] }>(source: Source) => ({
    ...source,
    headings: [...source.headings],
  });
  const [sources, nearest] = [answer.sources.map(place), answer.nearest.map(place)];
  return { questionId, outcome, rung, notice, text, sources, nearest, engine, durationMs };
}
