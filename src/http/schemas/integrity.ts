import { Type, type Static } from 'typebox';
import { wordsIn } from '../../errors.ts';
import type { IntegrityFinding, IntegrityReport } from '../../health/integrity/model.ts';
import { iso, Milliseconds, Time } from './common.ts';

export const Finding = Type.Object({
  part: Type.String({ description: '`database`, `index` or `backups`' }),
  state: Type.String({ description: '`sound`, `repaired`, `damaged` or `skipped`' }),
  words: Type.Object({ en: Type.String(), ja: Type.String() }),
});

export const IntegrityBody = Type.Object({
  at: Time,
  durationMs: Milliseconds,
  findings: Type.Array(Finding),
});
export type IntegrityView = Static<typeof IntegrityBody>;

export function integrityView({ at, durationMs, findings }: IntegrityReport): IntegrityView {
  return { at: iso(at), durationMs, findings: findings.map(findingView) };
}

export function findingView({ part, state, words }: IntegrityFinding): Static<typeof Finding> {
  return { part, state, words: { en: wordsIn('en', words), ja: wordsIn('ja', words) } };
}
