import type { Schedule } from '../../src/backup/api.ts';
import { scheduleInWords } from '../../src/backup/schedule-model.ts';
import { ago, shown, smallPrint, type LiveRequest, type Services, type View } from '../../src/discord/command.ts';
import { recorded } from './recorded.ts';
import { requesterOf } from './words.ts';

/** Shows when backups are made by themselves; what is given changes it. */
export async function schedule(request: LiveRequest, services: Services): Promise<View> {
  const change = wantedChange(request);
  const isChange = Object.keys(change).length > 0;
  if (isChange) {
    await recorded(request, services, { action: 'backups schedule' }, () =>
      services.schedule.change(change, requesterOf(request)),
    );
  }
  const now = services.schedule.current();
  const mark = isChange ? request.say({ en: '✅ Changed. ', ja: '✅ 変更しました。' }) : '';
  const lines = [
    now.enabled
      ? `${mark}🗓️ ${request.say({ en: 'Backups are made ', ja: '自動バックアップ：' })}**${request.say(scheduleInWords(now.rule))}** (${shown(now.timeZone)})`
      : `${mark}⏸️ ${request.say({ en: 'Scheduled backups are **off**.', ja: '定期バックアップは**停止中**です。' })}`,
    now.afterChanges
      ? request.say({
          en: 'Also after knowledge was changed: a minute after the last change, at most every ten minutes.',
          ja: 'ナレッジの変更後にも作成します（最後の変更から 1 分後、10 分に 1 回まで）。',
        })
      : request.say({ en: 'Not after changes of knowledge.', ja: 'ナレッジの変更後には作成しません。' }),
    ...(now.afterChangesAt === null
      ? []
      : [`${request.say({ en: 'Next, of what has changed: ', ja: '次回（変更後）：' })}${ago(now.afterChangesAt)}`]),
    ...(now.nextAt === null ? [] : [`${request.say({ en: 'Next: ', ja: '次回：' })}${ago(now.nextAt)}`]),
    ...(now.lastAt === null ? [] : [`${request.say({ en: 'Last: ', ja: '前回：' })}${ago(now.lastAt)}`]),
    smallPrint(
      `${request.say({ en: 'rule: ', ja: 'スケジュール：' })}\`every 6h\` · \`daily 02:00\` · \`weekly sun 02:00\` · \`monthly 1 02:00\``,
    ),
  ];
  return { content: lines.join('\n') };
}

function wantedChange(request: LiveRequest): Partial<Schedule> {
  const rule = request.text('rule')?.trim();
  const timeZone = request.text('time-zone')?.trim();
  const afterChanges = request.flag('after-changes');
  const enabled = request.flag('enabled');
  return {
    ...(rule === undefined ? {} : { rule }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(afterChanges === null ? {} : { afterChanges }),
    ...(enabled === null ? {} : { enabled }),
  };
}
