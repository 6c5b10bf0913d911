import { size, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';

export async function exportMine(request: LiveRequest, { people }: Services): Promise<View> {
  const file = await people.exportOf(request.userId, request.locale);
  const bytes = size(file.content.byteLength);
  return {
    content: request.say({
      en: `📦 Here is everything that I keep about you, on all servers (${bytes}, JSON). The file says what is what. Only you see this message; save the file before you dismiss it.`,
      ja: `📦 全サーバーで保存しているあなたの情報のすべてです（${bytes}、JSON）。内容の説明もファイルに含まれています。このメッセージはあなただけに表示されています。閉じる前にファイルを保存してください。`,
    }),
    files: [file],
  };
}
