import type { LiveRequest, Services, View } from '../../src/discord/command.ts';
import { wantedName } from './name.ts';
import { recorded } from './recorded.ts';
import { named, requesterOf } from './words.ts';

export async function pin(request: LiveRequest, services: Services, pinned: boolean): Promise<View> {
  const backup = wantedName(request);
  const entry = await recorded(request, services, { action: pinned ? 'backups pin' : 'backups unpin', backup }, () =>
    services.backups.pin(backup, pinned, requesterOf(request)),
  );
  const name = `**${named(entry.name)}**`;
  return {
    content: pinned
      ? request.say({
          en: `📌 ${name} is pinned: it is kept until you unpin it.`,
          ja: `📌 ${name} をピン留めしました。解除するまで保持します。`,
        })
      : request.say({
          en: `${name} is no longer pinned: retention decides about it, as about the others.`,
          ja: `${name} のピン留めを解除しました。ほかと同じく、保持の決まりに従います。`,
        }),
  };
}
