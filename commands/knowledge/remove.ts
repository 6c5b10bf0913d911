import { actionId, button, row, shown, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';
import { documentId } from './show.ts';

/** Forgetting cannot be taken back, so it is asked first; only the asker sees the question. */
export function askToRemove(request: LiveRequest, { library }: Services): View {
  const id = documentId(request.args[0] ?? request.text('document'));
  const { document } = library.show(request.guildId, id);
  const name = `**#${document.id} ${shown(document.title)}**`;
  return {
    content: request.say({
      en: `🗑️ Remove ${name}? Answers stop using its ${document.chunkCount} passages at once, and it cannot be taken back.`,
      ja: `🗑️ ${name} を削除しますか？ ${document.chunkCount} 節がただちに回答に使われなくなり、元に戻せません。`,
    }),
    components: [
      row(
        button(actionId('knowledge', 'remove', id), request.say({ en: 'Remove', ja: '削除する' }), { style: 'danger' }),
        button(actionId('knowledge', 'keep', id), request.say({ en: 'Keep it', ja: 'やめる' })),
      ),
    ],
  };
}

export function remove(request: LiveRequest, { library }: Services): View {
  const document = library.remove(request.guildId, documentId(request.args[0] ?? null));
  return {
    content: request.say({
      en: `🗑️ **${shown(document.title)}** is removed. Answers no longer use it.`,
      ja: `🗑️ **${shown(document.title)}** を削除しました。回答には使われません。`,
    }),
  };
}

export function keep(request: LiveRequest): View {
  return { content: request.say({ en: 'Nothing was removed.', ja: '何も削除していません。' }) };
}
