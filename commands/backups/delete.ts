import {
  actionId,
  ago,
  button,
  row,
  size,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { wantedName } from './name.ts';
import { recorded } from './recorded.ts';
import { contents } from './made.ts';
import { kindOf, named, requesterOf } from './words.ts';

/** A deleted backup is gone, so it is asked first. */
export async function askToDelete(request: LiveRequest, { backups, confirmations }: Services): Promise<View> {
  const entry = await backups.show(wantedName(request));
  const { args, expiresAt } = confirmations.issue(request.userId, entry.name);
  return {
    content: request.say({
      en: `🗑️ Delete **${named(entry.name)}** (${ago(entry.createdAt)}, ${size(entry.sizeBytes)}, ${kindOf(request, entry)})? ${contents(request, entry)} It cannot be brought back. The buttons work until ${ago(expiresAt)}.`,
      ja: `🗑️ **${named(entry.name)}**（${ago(entry.createdAt)}、${size(entry.sizeBytes)}、${kindOf(request, entry)}）を削除しますか？${contents(request, entry)}元には戻せません。ボタンは${ago(expiresAt)}まで有効です。`,
    }),
    components: [
      row(
        button(actionId('backups', 'delete', ...args), request.say({ en: 'Delete', ja: '削除する' }), {
          style: 'danger',
        }),
        button(actionId('backups', 'keep', ...args), request.say({ en: 'Keep it', ja: 'やめる' })),
      ),
    ],
  };
}

export async function remove(request: LiveRequest, services: Services): Promise<View> {
  const backup = request.args[3] ?? '';
  const entry = await recorded(request, services, { action: 'backups delete', backup }, () =>
    services.backups.delete(services.confirmations.redeem(request), requesterOf(request)),
  );
  return {
    content: request.say({
      en: `🗑️ **${named(entry.name)}** is deleted; ${size(entry.sizeBytes)} are free again.`,
      ja: `🗑️ **${named(entry.name)}** を削除しました（${size(entry.sizeBytes)} が空きました）。`,
    }),
  };
}

export function keep(request: LiveRequest, { confirmations }: Services): View {
  confirmations.redeem(request);
  return { content: request.say({ en: 'Nothing was deleted.', ja: '何も削除していません。' }) };
}
