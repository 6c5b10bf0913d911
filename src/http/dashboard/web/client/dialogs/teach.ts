import { Fragment, h } from 'preact';
import { useState } from 'preact/hooks';
import { wordsOf } from '../actions.ts';
import { get, post } from '../api.ts';
import { refresh } from '../live.ts';
import type { Answer, Document, Job, Unanswered } from '../model.ts';
import { closeDialog } from '../open-dialog.ts';
import { locale, t } from '../texts/index.ts';
import { inputField, textField } from '../ui/fields.ts';
import { button } from '../ui/parts.ts';
import { Frame } from './frame.ts';

type Step =
  | { readonly at: 'writing' | 'teaching' | 'taught' | 'known' | 'asking' }
  | { readonly at: 'answered'; readonly answer: Answer };

const LOOK_MS = 300;
const TITLE_CHARACTERS = 200;

interface Added {
  readonly document: Document;
  readonly job: Job | null;
  readonly duplicate: boolean;
}

/** Teaches what a question asked for, and tries the question again. */
export function TeachDialog({ unanswered: { question, guild } }: { readonly unanswered: Unanswered }) {
  const [step, setStep] = useState<Step>({ at: 'writing' });
  const [title, setTitle] = useState(question.slice(0, TITLE_CHARACTERS));
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);

  const teach = async (): Promise<void> => {
    setStep({ at: 'teaching' });
    setProblem(null);
    try {
      const added = await post<Added>('/api/knowledge', { guild, title, text });
      const failure = added.job === null ? null : await follow(added.job);
      if (failure !== null) setProblem(t('notTaught', { problem: failure }));
      setStep({ at: failure !== null ? 'writing' : added.duplicate ? 'known' : 'taught' });
    } catch (error) {
      setProblem(wordsOf(error));
      setStep({ at: 'writing' });
    }
  };
  const ask = async (): Promise<void> => {
    setStep({ at: 'asking' });
    setProblem(null);
    try {
      setStep({
        at: 'answered',
        answer: await post<Answer>('/api/knowledge/ask', { guild, question, language: locale() }),
      });
    } catch (error) {
      setProblem(wordsOf(error));
      setStep({ at: 'taught' });
    }
    void refresh();
  };
  const { at } = step;
  const isWriting = at === 'writing' || at === 'teaching';
  return h(
    Frame,
    {
      title: t('teachTitle'),
      wide: true,
      onSubmit: () => void (isWriting ? teach() : ask()),
      actions: [
        button({ label: t(isWriting ? 'cancel' : 'close'), run: closeDialog }),
        isWriting
          ? button({ label: t('teachGo'), icon: 'book', look: 'primary', submit: true, disabled: at === 'teaching' })
          : button({ label: t('ask'), look: 'primary', submit: true, disabled: at === 'asking' }),
      ],
    },
    h('blockquote', {}, question),
    isWriting &&
      h(
        Fragment,
        {},
        inputField(
          t('teachName'),
          { type: 'text', required: true, maxLength: TITLE_CHARACTERS, value: title },
          setTitle,
        ),
        textField(
          t('teachText'),
          { 'data-first': '', required: true, rows: 7, value: text },
          setText,
          t('teachTextHint'),
        ),
      ),
    h(
      'div',
      { role: 'status' },
      at === 'teaching' && h('p', { class: 'looking' }, h('i', { class: 'spinner' }), t('teaching')),
      at === 'asking' && h('p', { class: 'looking' }, h('i', { class: 'spinner' }), t('asking')),
      at === 'taught' && h('p', {}, t('taught')),
      at === 'known' && h('p', {}, t('known')),
      step.at === 'answered' &&
        h('div', { class: 'answer' }, step.answer.outcome === 'refused' ? t('stillUnknown') : step.answer.text),
    ),
    problem !== null && h('p', { class: 'trouble', role: 'alert' }, problem),
  );
}

/** Null when it is done, or why it was not. */
async function follow({ href }: Job): Promise<string | null> {
  for (;;) {
    const { state, problem } = await get<Job>(href);
    if (state === 'done') return null;
    if (state === 'failed') return problem?.words?.[locale()] ?? problem?.detail ?? '';
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
