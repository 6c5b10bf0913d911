import { textModal, type LiveRequest, type Reply, type Request, type Services } from '../../src/discord/command.ts';
import { learnFile, learnText } from './learn.ts';

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

export function learnForm(request: LiveRequest, services: Services): Promise<Reply> {
  return learnText(request, services, {
    title: request.text('title'),
    text: request.text('text') ?? '',
    url: request.text('link'),
  });
}
