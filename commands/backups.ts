import type { Action, Command } from '../src/discord/command.ts';
import { cleanUp, planCleanup } from './backups/cleanup.ts';
import { backupsData } from './backups/definition.ts';
import { askToDelete, keep, remove } from './backups/delete.ts';
import { list } from './backups/list.ts';
import { wantedName } from './backups/name.ts';
import { pin } from './backups/pin.ts';
import { schedule } from './backups/schedule.ts';
import { show } from './backups/show.ts';
import { sync } from './backups/sync.ts';
import { verify } from './backups/verify.ts';
import { suggest } from './backups/words.ts';

export const backups = {
  data: backupsData,
  access: 'operator',
  help: [
    {
      usage: '/backups list · show · verify · pin · unpin · delete · cleanup · sync · schedule',
      words: { en: 'look after the backups.', ja: 'バックアップを管理します。' },
    },
  ],
  reply: 'private',
  run(request, services) {
    switch (request.subcommand ?? 'list') {
      case 'show':
        return show(request, services);
      case 'verify':
        return verify(request, services, wantedName(request), request.flag('drill') ?? true);
      case 'delete':
        return askToDelete(request, services);
      case 'pin':
        return pin(request, services, true);
      case 'unpin':
        return pin(request, services, false);
      case 'cleanup':
        return planCleanup(request, services);
      case 'sync':
        return sync(request, services);
      case 'schedule':
        return schedule(request, services);
      default:
        return list(request, services, request.number('page') ?? 1);
    }
  },
  complete: suggest,
  buttons: {
    list: { reply: 'private', run: (request, services) => list(request, services, Number(request.args[0])) },
    page: { reply: 'update', run: (request, services) => list(request, services, Number(request.args[0])) },
    verify: { reply: 'private', run: (request, services) => verify(request, services, request.args[0] ?? '', false) },
    delete: { reply: 'update', run: remove },
    keep: { reply: 'update', run: keep },
    cleanup: { reply: 'update', run: cleanUp },
  } satisfies Record<string, Action>,
} satisfies Command;
