import type { Locale } from '../errors.ts';

export interface ExampleQuestion {
  readonly question: string;
  readonly locale: Locale;
  readonly vote?: 'up' | 'down';
}

const en = (question: string, vote?: 'up' | 'down'): ExampleQuestion => ({
  question,
  locale: 'en',
  ...(vote === undefined ? {} : { vote }),
});

/** What people might ask on each of two weeks' days; some of it stands in no document. */
export const EXAMPLE_DAYS: readonly (readonly ExampleQuestion[])[] = [
  [en('How do I get a Discord token for the bot?', 'up'), en('How do I restore a backup?', 'up')],
  [en('Who can add documents?', 'up'), en('When is the next game night?')],
  [en('How many backups are kept?'), en('What does a drill do?', 'up'), en('Can I use another embedding model?')],
  [en('When is the next game night?', 'down')],
  [
    en('How do I run the bot in Docker?', 'up'),
    en('How do I deploy on Railway?'),
    en('Where is the data stored?', 'up'),
    { question: 'バックアップはいくつ保存されますか？', locale: 'ja', vote: 'up' },
  ],
  [en('How do I run the bot with systemd?'), en('Who won the building contest?')],
  [en('How do I teach the bot a file?', 'up'), en('What can the bot read?'), en('When is the next game night?')],
  [en('How do I restore a backup?', 'up'), en('What happens when Gemini is out of quota?')],
  [
    en('How do I verify a backup?', 'up'),
    en('Who won the building contest?'),
    en('How do I set the schedule of backups?', 'up'),
    en('What does the API offer?'),
    { question: 'バックアップを復元するには？', locale: 'ja', vote: 'up' },
  ],
  [en('How do I get a Discord token for the bot?'), en('Which moderator handles appeals?')],
  [en('How do I undo a restore?', 'up'), en('When is the next game night?'), en('How do I update the bot?')],
  [en('How do I download a backup?', 'up'), en('What does the health check say?', 'down')],
  [
    en('How do I pin a backup?', 'up'),
    en('How do I remove a document?', 'up'),
    en('What is a vault?'),
    en('Who won the building contest?'),
  ],
  [en('How do I restore a backup?', 'up'), en('Who can add documents?', 'up'), en('When is the next game night?')],
];
