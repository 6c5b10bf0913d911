import { slashCommand, textOption, type Command, type LiveRequest, type Services } from '../src/discord/command.ts';
import { placesOf } from './backups/copies.ts';
import { madeView } from './backups/made.ts';
import { showing } from './backups/progress.ts';
import { recorded } from './backups/recorded.ts';
import { requesterOf } from './backups/words.ts';

export const backup = {
  data: slashCommand(
    { name: 'backup', description: { en: 'Back up everything I know', ja: 'すべてのデータをバックアップします' } },
    [
      textOption({
        name: 'reason',
        ja: '理由',
        description: { en: 'Why, to recognise it by later', ja: '後で見分けるための理由' },
        maxLength: 200,
      }),
    ],
  ),
  access: 'operator',
  help: [{ usage: '/backup', words: { en: 'back up everything.', ja: 'すべてをバックアップします。' } }],
  reply: 'public',
  async run(request, services) {
    const reason = request.text('reason')?.trim() || null;
    const made = await recorded(
      request,
      services,
      { action: 'backup' },
      () =>
        // Not stopped with its message: a backup that was begun is worth having.
        services.backups.create(
          { kind: 'manual', reason, by: requesterOf(request) },
          { onProgress: showing(request, 'backup') },
        ),
      ({ entry }) => ({ backup: entry.name }),
    );
    return madeView(request, made, await placesOfMade(request, services, made.entry.name));
  },
} satisfies Command;

/** The backup is there, whatever the places elsewhere say of it. */
async function placesOfMade(request: LiveRequest, { offSite }: Services, name: string): Promise<string> {
  const copies = await offSite.copies().catch(() => null); // whoever looks for copies in the list is told why
  if (copies !== null) return placesOf(request, copies.get(name) ?? []);
  return request.say({ en: 'not known at the moment', ja: '現在確認できません' });
}
