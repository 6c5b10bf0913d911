import { problemInWords } from '../../src/backup/problem-model.ts';
import { shown, type LiveRequest, type Reply, type Services } from '../../src/discord/command.ts';
import { showing } from './progress.ts';
import { recorded } from './recorded.ts';
import { entryView } from './show.ts';
import { named, requesterOf } from './words.ts';

/** Reads every byte back; with `drill` restores it beside, and asks it a question. */
export async function verify(request: LiveRequest, services: Services, name: string, drill: boolean): Promise<Reply> {
  const entry = await recorded(request, services, { action: 'backups verify', backup: name }, () =>
    services.backups.verify(name, {
      drill,
      by: requesterOf(request),
      onProgress: showing(request, 'verify', `**${named(name)}**`),
    }),
  );
  const problems = [entry.sidecar?.verified, drill ? entry.sidecar?.drilled : null].flatMap((c) => c?.problems ?? []);
  const sound = entry.state === 'good' && problems.length === 0;
  const words = sound
    ? request.say({
        en: drill
          ? '✅ Every byte was read back, and a restore of it works.'
          : '✅ Every byte was read back, and is right.',
        ja: drill
          ? '✅ すべて読み直し、復元できることを確かめました。'
          : '✅ すべて読み直し、正しいことを確かめました。',
      })
    : request.say({
        en: `⚠️ It is not sound: ${shown(entry.problem ?? problems.join('; '), 400)}`,
        ja: `⚠️ 問題があります：${shown(problemInWords(entry.problem ?? problems.join('; ')).ja, 400)}`,
      });
  const view = entryView(request, entry);
  return { ...view, content: `${words}\n${view.content}`, late: { content: `${words}\n**${named(entry.name)}**` } };
}
