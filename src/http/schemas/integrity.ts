import { Type, type Static } from 'typebox';
import type { IntegrityFinding, IntegrityReport } from '../../health/integrity/model.ts';
import { BothWords, bothOf, iso, Milliseconds, Time } from './common.ts';

export const Finding = Type.Object({
  part: Type.String({ description: '`database`, `contents`, `index` or `backups`' }),
  state: Type.String({ description: '`sound`, `repaired`, `damaged` or `skipped`' }),
  words: BothWords,
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
  return { part, state, words: bothOf(words) };
}
