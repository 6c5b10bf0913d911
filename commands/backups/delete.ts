import { belongingOf } from '../../src/backup/standing-model.ts';
import {
  actionId,
  ago,
  button,
  buttonsUntil,
  row,
  size,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { wantedName } from './name.ts';
import { recorded } from './recorded.ts';
import { contents } from './made.ts';
import { kindOf, named, originOf, requesterOf } from './words.ts';

/** A deleted backup is gone, so it is asked first. */
export async function askToDelete(request: LiveRequest, services: Services): Promise<View> {
  const { backups, offSite, confirmations } = services;
  const backup = wantedName(request);
  const entry = await recorded(
    request,
    services,
    { action: 'backups delete', backup },
    () => backups.deletable(backup),
    () => ({ outcome: 'asked' }),
  );
  const isElsewhere = (await offSite.copies()).get(entry.name)?.some(({ state }) => state === 'verified') === true;
  const loss = request.say(isElsewhere ? STAYS_ELSEWHERE : GONE_FOR_GOOD);
  const kind = [kindOf(request, entry), ...originOf(request, belongingOf(entry))].join(
    request.say({ en: ', ', ja: '、' }),
  );
  const text = request.say({
    en: `🗑️ Delete **${named(entry.name)}** (${ago(entry.createdAt)}, ${size(entry.sizeBytes)}, ${kind})? ${contents(request, entry)} ${loss}`,
    ja: `🗑️ **${named(entry.name)}**（${ago(entry.createdAt)}、${size(entry.sizeBytes)}、${kind}）を削除しますか？${contents(request, entry)}${loss}`,
  });
  const { name } = entry;
  const { args, expiresAt } = confirmations.issue(request, {
    purpose: 'backups delete',
    subject: name,
    about: name,
    text,
  });
  return {
    content: `${text}\n${buttonsUntil(request, expiresAt)}`,
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

const GONE_FOR_GOOD = { en: 'It cannot be brought back.', ja: '元には戻せません。' };
const STAYS_ELSEWHERE = {
  en: 'Its copies off this machine stay until retention there removes them.',
  ja: 'マシンの外のコピーは、保管先の保持ルールで削除されるまで残ります。',
};

export async function remove(request: LiveRequest, services: Services): Promise<View> {
  const [, , backup = ''] = request.args;
  const entry = await recorded(request, services, { action: 'backups delete', backup }, () =>
    services.backups.delete(services.confirmations.redeem(request, 'backups delete'), requesterOf(request)),
  );
  return {
    content: request.say({
      en: `🗑️ **${named(entry.name)}** is deleted; ${size(entry.sizeBytes)} are free again.`,
      ja: `🗑️ **${named(entry.name)}** を削除しました（${size(entry.sizeBytes)} が空きました）。`,
    }),
  };
}

export async function keep(request: LiveRequest, services: Services): Promise<View> {
  const [, , backup = ''] = request.args;
  await recorded(
    request,
    services,
    { action: 'backups delete', backup },
    () => services.confirmations.redeem(request, 'backups delete'),
    () => ({ outcome: 'cancelled' }),
  );
  return { content: request.say({ en: 'Nothing was deleted.', ja: '何も削除していません。' }) };
}
