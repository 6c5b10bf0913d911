import { textModal, type LiveRequest, type Reply, type Request, type Services } from '../../src/discord/command.ts';
import { isLink, learnFile, learnText } from './learn.ts';

export function add(request: LiveRequest, services: Services): Promise<Reply> | Reply {
  const file = request.file('file');
  const title = request.text('title');
  const url = request.text('link');
  if (file === null) return learnText(request, services, { title, text: '', url });
  return learnFile(request, services, { file, title, url });
}

/** For a text that is written here and now. */
export function form(request: Request) {
  return textModal('knowledge:text', request.say({ en: 'Teach me a text', ja: '文章を覚えさせる' }), [
    {
      name: 'title',
      label: request.say({ en: 'Title', ja: '題名' }),
      required: true,
      maxLength: 200,
      value: request.text('title'),
    },
    {
      name: 'text',
      label: request.say({ en: 'Text (Markdown is understood)', ja: '本文（Markdown が使えます）' }),
      long: true,
      required: true,
      maxLength: 4000,
    },
    {
      name: 'link',
      label: request.say({ en: 'Link to the original (optional)', ja: '原文の URL（任意）' }),
      maxLength: 500,
      value: request.text('link'),
    },
  ]);
}

/** A wrong link is no reason to throw away what was typed: the text is learned without it. */
export async function learnForm(request: LiveRequest, services: Services): Promise<Reply> {
  const url = request.text('link');
  const isRight = isLink(url);
  const reply = await learnText(request, services, {
    title: request.text('title'),
    text: request.text('text') ?? '',
    url: isRight ? url : null,
  });
  if (isRight) return reply;
  const words = request.say({
    en: 'The link was left out, as it is not a web address. To have one, remove the text and add it again with a link that begins with https://.',
    ja: 'リンクは URL ではないため、追加しませんでした。リンクを付けるには、文章を削除してから、https:// で始まる URL で追加し直してください。',
  });
  return { ...reply, more: [...(reply.more ?? []), { content: `⚠️ ${words}` }] };
}
