import {
  actionId,
  button,
  buttonsUntil,
  row,
  shown,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import type { Removal } from '../../src/backup/api.ts';
import { AppError, type Words } from '../../src/errors.ts';
import { retentionLine } from './made.ts';
import { recorded } from './recorded.ts';
import { requesterOf, shortName } from './words.ts';

const MOST_LINES = 15;
const PURPOSE = 'backups cleanup';

const namesOf = (removed: readonly Removal[]): string => removed.map(({ name }) => name).join(' ');

/** First what would be done, and why; done only when a button is pressed. */
export async function planCleanup(request: LiveRequest, { backups, confirmations }: Services): Promise<View> {
  const { kept, removed } = await backups.cleanup({ dryRun: true });
  const going = removed.map(({ name, reason }) => `🗑️ ${shortName(name)} · ${shown(request.say(reason), 60)}`);
  const staying = kept.map(({ name, reasons }) => `📦 ${shortName(name)} · ${shown(inOne(request, reasons), 60)}`);
  const lines = [...going, ...staying];
  const shownLines = lines.slice(0, MOST_LINES);
  if (lines.length > shownLines.length) shownLines.push(`… +${lines.length - shownLines.length}`);
  if (removed.length === 0) {
    const words = request.say({ en: 'There is nothing to remove.', ja: '削除するものはありません。' });
    return { content: [words, ...shownLines].join('\n') };
  }
  const label = request.say({ en: `Remove ${removed.length}`, ja: `${removed.length} 件を削除する` });
  const text = [
    request.say({
      en: `Retention would remove ${removed.length} and keep ${kept.length}:`,
      ja: `保持の決まりでは、${removed.length} 件を削除し、${kept.length} 件を残します。`,
    }),
    ...shownLines,
  ].join('\n');
  const { args, expiresAt } = confirmations.issue(request, { purpose: PURPOSE, subject: namesOf(removed), text });
  return {
    content: `${text}\n${buttonsUntil(request, expiresAt)}`,
    components: [row(button(actionId('backups', 'cleanup', ...args), label, { style: 'danger' }))],
  };
}

function inOne(request: LiveRequest, reasons: readonly Words[]): string {
  return reasons.map((reason) => request.say(reason)).join(request.say({ en: ', ', ja: '、' }));
}

export async function cleanUp(request: LiveRequest, services: Services): Promise<View> {
  const plan = await recorded(request, services, { action: 'backups cleanup' }, async () => {
    const shownNames = services.confirmations.redeem(request, PURPOSE);
    const { removed } = await services.backups.cleanup({ dryRun: true });
    if (namesOf(removed) !== shownNames) throw otherPlan();
    return services.backups.cleanup({ dryRun: false, by: requesterOf(request) });
  });
  return { content: `🗑️ ${retentionLine(request, plan)}` };
}

function otherPlan(): AppError {
  return new AppError('conflict', {
    en: 'Other backups would go now than the list showed, so none was removed. Use `/backups cleanup` again.',
    ja: '表示した一覧と削除の対象が変わったため、何も削除していません。もう一度 `/backups cleanup` を実行してください。',
  });
}
