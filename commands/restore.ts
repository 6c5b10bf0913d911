import type { AuditEvent } from '../src/health/audit-model.ts';
import {
  actionId,
  button,
  count,
  counted,
  duration,
  row,
  slashCommand,
  type Action,
  type Command,
  type LiveRequest,
  type Services,
  type View,
} from '../src/discord/command.ts';
import { comesFromVault } from './backups/copies.ts';
import { backupOption } from './backups/definition.ts';
import { wantedName } from './backups/name.ts';
import { showing } from './backups/progress.ts';
import { recorded } from './backups/recorded.ts';
import { previewView } from './backups/restore-preview.ts';
import { named, requesterOf, suggest } from './backups/words.ts';

export const restore = {
  data: slashCommand(
    {
      name: 'restore',
      description: {
        en: 'Go back to a backup; shows first what would change',
        ja: '復元（先に変わる内容を表示します）',
      },
    },
    [backupOption],
  ),
  access: 'operator',
  help: [
    {
      usage: '/restore',
      words: {
        en: 'go back to a backup; I show first what would change.',
        ja: 'バックアップの状態に戻します。先に変わる内容を表示します。',
      },
    },
  ],
  reply: 'public',
  run: (request, services) => ask(request, services, wantedName(request)),
  complete: suggest,
  buttons: {
    ask: { reply: 'public', run: (request, services) => ask(request, services, request.args[0] ?? '') },
    undo: { reply: 'update', run: askToUndo },
    go: { reply: 'update', run: go },
    cancel: { reply: 'update', run: cancel },
    stay: { reply: 'update', run: stay },
  } satisfies Record<string, Action>,
} satisfies Command;

/** Only for what has to come from a vault first; the rest is done before anybody could read of it. */
const FETCHING = new Set<string>(['fetching', 'decrypting', 'verifying']);

/** Takes back nothing by itself: it shows what would change, and asks. */
async function ask(request: LiveRequest, services: Services, name: string): Promise<View> {
  request.show({
    content: request.say({ en: '⏪ Looking at what would change …', ja: '⏪ 変わる内容を調べています…' }),
  });
  const onProgress = showing(request, 'fetch', `**${named(name)}**`);
  const preview = await step(request, services, name, 'asked', async () =>
    services.backups.preview(name, {
      // A large one takes longer to come than a reply may; when it has come, it stays.
      ...((await comesFromVault(services, name)) ? {} : { signal: request.signal }),
      onProgress: (progress) => (FETCHING.has(progress.stage) ? onProgress(progress) : undefined),
    }),
  );
  return previewView(request, services, preview, { action: 'cancel' });
}

/** In the message that tells of the restore, which stays as it is when this fails. */
async function askToUndo(request: LiveRequest, services: Services): Promise<View> {
  const [name = ''] = request.args;
  const preview = await step(request, services, name, 'asked', () =>
    services.backups.preview(name, { signal: request.signal }),
  );
  return previewView(request, services, preview, { action: 'stay', rows: [undoButton(request, name)] });
}

async function go(request: LiveRequest, services: Services): Promise<View> {
  const name = await redeem(request, services, 'confirmed');
  const onProgress = showing(request, 'restore', `**${named(name)}**`);
  onProgress({ stage: 'waiting', doneBytes: 0, totalBytes: 0 }); // takes the buttons away
  try {
    // Neither a deleted message nor a deadline stops it half-way.
    const result = await step(request, services, name, 'done', () =>
      services.backups.restore(name, requesterOf(request), { onProgress }),
    );
    const waited = duration(result.waitedMs, request.locale);
    return {
      content: request.say({
        en: `✅ **Restored ${named(result.entry.name)}** in ${duration(result.durationMs, 'en')}: ${counted(result.documents, 'document')} and ${counted(result.questions, 'question')} are back. Members waited ${waited}.\nWhat was there before is kept as **${named(result.safety.name)}**.`,
        ja: `✅ **${named(result.entry.name)} を復元しました**（${duration(result.durationMs, 'ja')}）。文書 ${count(result.documents)} 件、質問 ${count(result.questions)} 件が戻りました。質問をお待ちいただいた時間は ${waited}です。\n復元前の状態は **${named(result.safety.name)}** に保存してあります。`,
      }),
      // The files of a damaged database are kept to be looked into; nothing goes back to them.
      components: result.safety.state === 'damaged' ? [] : [undoButton(request, result.safety.name)],
    };
  } catch (error) {
    request.show({
      content: request.say({
        en: `⏪ **${named(name)}** was not restored. The reason is told to <@${request.userId}>.`,
        ja: `⏪ **${named(name)}** は復元されませんでした。理由は <@${request.userId}> さんにお知らせします。`,
      }),
    });
    throw error;
  }
}

async function cancel(request: LiveRequest, services: Services): Promise<View> {
  await redeem(request, services, 'cancelled');
  return {
    content: request.say({ en: '⏪ Cancelled. Nothing was changed.', ja: '⏪ 中止しました。何も変更していません。' }),
  };
}

/** What was restored stays, and can still be undone. */
async function stay(request: LiveRequest, services: Services): Promise<View> {
  const name = await redeem(request, services, 'cancelled');
  return {
    content: request.say({
      en: `✅ Nothing was changed: what was restored stays. What was there before is kept as **${named(name)}**.`,
      ja: `✅ 何も変更していません。復元した内容のままです。復元前の状態は **${named(name)}** に保存してあります。`,
    }),
    components: [undoButton(request, name)],
  };
}

function undoButton(request: LiveRequest, safety: string) {
  return row(button(actionId('restore', 'undo', safety), request.say({ en: 'Undo', ja: '元に戻す' })));
}

/** Each step is recorded as the backup's whose restore it is, allowed or refused. */
function step<Result>(
  request: LiveRequest,
  services: Services,
  backup: string,
  outcome: AuditEvent['outcome'],
  work: () => Result | Promise<Result>,
): Promise<Result> {
  return recorded(request, services, { action: 'restore', backup }, work, () => ({ outcome }));
}

function redeem(request: LiveRequest, services: Services, outcome: AuditEvent['outcome']): Promise<string> {
  const [, , about = ''] = request.args;
  return step(request, services, about, outcome, () => services.confirmations.redeem(request, 'restore'));
}
