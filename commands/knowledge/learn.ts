import { AppError } from '../../src/errors.ts';
import {
  actionId,
  button,
  row,
  shown,
  type LiveRequest,
  type OfferedFile,
  type Reply,
  type Services,
} from '../../src/discord/command.ts';
import { recorded } from '../backups/recorded.ts';

/** Stores what was given; the reply goes on telling of the progress until it is learned. */
async function learn(
  request: LiveRequest,
  services: Services,
  given: { title: string | null; name: string; url: string | null; content: Uint8Array },
): Promise<Reply> {
  const { library, progress } = services;
  const add = () =>
    library.add({ ...given, guildId: request.guildId, addedBy: request.userId, replyTo: request.replyTo });
  const { document, job, duplicate } = await recorded(
    request,
    services,
    { action: 'knowledge add' },
    add,
    // Its title would outlive it in the audit log.
    (added) => ({ detail: `#${added.document.id}` }),
  );
  const name = `**${shown(document.title)}**`;
  const showIt = row(button(actionId('knowledge', 'show', document.id), request.say({ en: 'Show', ja: '表示' })));
  if (duplicate) {
    const words = request.say({
      en: `I know this already, as ${name}. Nothing was added.`,
      ja: `この内容は ${name} としてすでに覚えています。追加はしていません。`,
    });
    return { content: `📚 ${words}`, components: [showIt] };
  }
  return {
    content: `⏳ ${request.say({ en: `${name} is stored, and being read …`, ja: `${name} を保存しました。読んでいます…` })}`,
    sent: () => {
      if (job !== null) progress.follow(job);
    },
  };
}

export function learnText(
  request: LiveRequest,
  services: Services,
  { title, text, url }: { title: string | null; text: string; url: string | null },
): Promise<Reply> {
  return learn(request, services, {
    title,
    name: title ?? '',
    url: checkedLink(url),
    content: Buffer.from(text, 'utf8'),
  });
}

export function isReadable(fileName: string): boolean {
  return /\.(md|markdown|txt)$/i.test(fileName);
}

export async function learnFile(
  request: LiveRequest,
  services: Services,
  { file, title, url }: { file: OfferedFile; title: string | null; url: string | null },
): Promise<Reply> {
  if (!isReadable(file.name)) {
    throw new AppError('invalid', {
      en: `I read .md and .txt files; ${shown(file.name)} is neither. Save it as plain text, and add it again.`,
      ja: `読み取れるのは .md と .txt ファイルです。${shown(file.name)} はどちらでもありません。テキスト形式で保存して、もう一度追加してください。`,
    });
  }
  const checked = checkedLink(url);
  request.show({ content: request.say({ en: '📥 Fetching the file …', ja: '📥 ファイルを取得しています…' }) });
  const content = await services.download(file, request.signal);
  return learn(request, services, { title, name: file.name, url: checked, content });
}

/** True also where none was given. */
export function isLink(url: string | null): boolean {
  const text = url?.trim() ?? '';
  return text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol));
}

/** @throws AppError `invalid` for what no browser opens */
function checkedLink(url: string | null): string | null {
  const text = url?.trim() ?? '';
  if (text === '') return null;
  if (isLink(text)) return new URL(text).href;
  throw new AppError('invalid', {
    en: `${shown(text)} is not a web address. Give one that begins with https://, or none.`,
    ja: `${shown(text)} は URL ではありません。https:// で始まる URL を指定するか、空欄にしてください。`,
  });
}
