import { ago, type LiveRequest, type Services } from '../../src/discord/command.ts';
import type { IntegrityFinding } from '../../src/health/integrity/model.ts';

/** When all that is kept was last looked through, and what came of it; what is damaged is an alert besides. */
export function integrityLine(request: LiveRequest, { integrity }: Services): string {
  const [last] = integrity.history();
  if (last === undefined) {
    return request.say({
      en: '🔍 Not yet checked for damage; that happens by itself.',
      ja: '🔍 破損の確認はまだ行われていません（自動で実行されます）。',
    });
  }
  const when = ago(last.at);
  const found = worst(last.findings);
  return request.say({
    en: `🔍 Checked for damage ${when}: ${FOUND[found].en}`,
    ja: `🔍 破損の確認：${when}（${FOUND[found].ja}）`,
  });
}

const FOUND = {
  damaged: { en: '**damage was found**', ja: '**破損を検出**' },
  skipped: { en: 'not everything could be looked at', ja: '一部は確認できませんでした' },
  repaired: { en: 'something was put right', ja: '一部を修復しました' },
  sound: { en: 'nothing found', ja: '問題なし' },
} as const satisfies Readonly<Record<IntegrityFinding['state'], object>>;

function worst(findings: readonly IntegrityFinding[]): IntegrityFinding['state'] {
  const states = new Set(findings.map(({ state }) => state));
  return (['damaged', 'skipped', 'repaired'] as const).find((state) => states.has(state)) ?? 'sound';
}
