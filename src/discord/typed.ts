import { wordsIn, type Locale } from '../errors.ts';
import type { View } from './request.ts';

const WORDS = {
  en: 'What you typed is attached, so nothing of it is lost.',
  ja: '入力いただいた内容を添付しましたので、失われていません。',
};

/** Discord forgets a form once it is sent: words of its failure carry what was typed, a file for each field. */
export function withTyped(view: View, form: ReadonlyMap<string, string> | null, locale: Locale): View {
  const filled = [...(form ?? [])].filter(([, text]) => text.trim() !== '');
  if (filled.length === 0) return view;
  const files = filled.map(([name, text]) => ({ name: `${name}.md`, content: Buffer.from(text) }));
  return { ...view, content: `${view.content}\n${wordsIn(locale, WORDS)}`, files };
}
