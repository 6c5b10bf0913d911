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
export async function askToDelete(request: LiveRequest, { backups, offSite, confirmations }: Services): Promise<View> {
  const entry = await backups.show(wantedName(request));
  const isElsewhere = (await offSite.copies()).get(entry.name)?.some(({ state }) => state === 'verified') === true;
  const loss = request.say(isElsewhere ? STAYS_ELSEWHERE : GONE_FOR_GOOD);
  const { args, expiresAt } = confirmations.issue(request.userId, entry.name);
  return {
    content: request.say({
      en: `🗑️ Delete **${named(entry.name)}** (${ago(entry.createdAt)}, ${size(entry.sizeBytes)}, ${kindOf(request, entry)})? ${contents(request, entry)} ${loss}The buttons work until ${ago(expiresAt)}.`,
      ja: `🗑️ **${named(entry.name)}**（${ago(entry.createdAt)}、${size(entry.sizeBytes)}、${kindOf(request, entry)}）を削除しますか？${contents(request, entry)}${loss}ボタンは${ago(expiresAt)}まで有効です。`,
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

const GONE_FOR_GOOD = { en: 'It cannot be brought back. ', ja: '元には戻せません。' };
const STAYS_ELSEWHERE = {
  en: 'Its copies off this machine stay until retention there removes them. ',
  ja: 'マシンの外のコピーは、保管先の保持ルールで削除されるまで残ります。',
};

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
