import { AppError } from '../../src/errors.ts';
import {
  actionId,
  button,
  counted,
  returning,
  row,
  shown,
  type LiveRequest,
  type Reply,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import { recorded } from '../backups/recorded.ts';
import { documentId } from './show.ts';

/** Asked first, as answers change at once; only the asker sees the question. */
export function askToRemove(request: LiveRequest, { library }: Services): View {
  const id = documentId(request.args[0] ?? request.text('document'));
  const { document } = library.show(request.guildId, id);
  const name = `**#${document.id} ${shown(document.title)}**`;
  return {
    content: request.say({
      en: `🗑️ Remove ${name}? Answers stop using its ${counted(document.chunkCount, 'passage')} at once. You can undo it for 15 minutes.`,
      ja: `🗑️ ${name} を削除しますか？ 該当箇所 ${document.chunkCount} 件がただちに回答に使われなくなります。15 分以内であれば元に戻せます。`,
    }),
    components: [
      row(
        button(actionId('knowledge', 'remove', id), request.say({ en: 'Remove', ja: '削除する' }), { style: 'danger' }),
        button(actionId('knowledge', 'keep', id), request.say({ en: 'Keep it', ja: 'やめる' })),
      ),
    ],
  };
}

export async function remove(request: LiveRequest, services: Services): Promise<View> {
  const id = documentId(request.args[0] ?? null);
  const document = await recorded(request, services, { action: 'knowledge remove', detail: `#${id}` }, () =>
    services.library.remove(request.guildId, id),
  );
  return {
    content: request.say({
      en: `🗑️ **${shown(document.title)}** is removed. Answers no longer use it. For 15 minutes you can undo that.`,
      ja: `🗑️ **${shown(document.title)}** を削除しました。回答には使われません。15 分以内であれば元に戻せます。`,
    }),
    components: [
      row(
        button(actionId('knowledge', 'undo', request.userId, document.id), request.say({ en: 'Undo', ja: '元に戻す' })),
      ),
    ],
  };
}

/** Brings a removed document back, with all that was read of it; the reply tells when answers use it again. */
export async function undo(request: LiveRequest, services: Services): Promise<Reply> {
  const { library, progress } = services;
  const [owner, id = null] = request.args;
  const action = 'knowledge undo';
  const { document, job, duplicate } = await recorded(request, services, { action, detail: `#${id ?? ''}` }, () => {
    if (owner !== request.userId) throw notYours();
    return library.bringBack(request.guildId, documentId(id), returning(request.replyTo));
  });
  const name = `**${shown(document.title)}**`;
  if (duplicate) {
    return {
      content: request.say({
        en: `📚 The same content was added again meanwhile, as ${name}. Nothing was changed.`,
        ja: `📚 同じ内容が ${name} としてすでに追加されています。何も変更していません。`,
      }),
    };
  }
  return {
    content: request.say({
      en: `↩️ ${name} is back. Answers use it again in a moment …`,
      ja: `↩️ ${name} を元に戻しました。まもなく回答に使われます…`,
    }),
    sent: () => {
      if (job !== null) progress.follow(job);
    },
  };
}

export function keep(request: LiveRequest): View {
  return { content: request.say({ en: 'Nothing was removed.', ja: '何も削除していません。' }) };
}

function notYours(): AppError {
  return new AppError('forbidden', {
    en: 'Only the person who removed it can undo that.',
    ja: '元に戻せるのは、削除した本人だけです。',
  });
}
