import {
  actionId,
  button,
  row,
  shown,
  smallPrint,
  ago,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import type { Words } from '../../src/errors.ts';
import { retentionLine } from './made.ts';
import { recorded } from './recorded.ts';
import { requesterOf, shortName } from './words.ts';

const MOST_LINES = 15;

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
  const { args, expiresAt } = confirmations.issue(request.userId, 'cleanup');
  const label = request.say({ en: `Remove ${removed.length}`, ja: `${removed.length} 件を削除する` });
  return {
    content: [
      request.say({
        en: `Retention would remove ${removed.length} and keep ${kept.length}:`,
        ja: `保持の決まりでは、${removed.length} 件を削除し、${kept.length} 件を残します。`,
      }),
      ...shownLines,
      smallPrint(
        request.say({
          en: `Nothing was removed yet. The button works until ${ago(expiresAt)}.`,
          ja: `まだ何も削除していません。ボタンは${ago(expiresAt)}まで有効です。`,
        }),
      ),
    ].join('\n'),
    components: [row(button(actionId('backups', 'cleanup', ...args), label, { style: 'danger' }))],
  };
}

function inOne(request: LiveRequest, reasons: readonly Words[]): string {
  return reasons.map((reason) => request.say(reason)).join(request.say({ en: ', ', ja: '、' }));
}

export async function cleanUp(request: LiveRequest, services: Services): Promise<View> {
  const plan = await recorded(request, services, { action: 'backups cleanup' }, () => {
    services.confirmations.redeem(request);
    return services.backups.cleanup({ dryRun: false, by: requesterOf(request) });
  });
  return { content: `🗑️ ${retentionLine(request, plan)}` };
}
