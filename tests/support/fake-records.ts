import type { AuditRecord } from '../../src/health/audit-model.ts';
import type { Records } from '../../src/health/records-ports.ts';

const recorded: readonly AuditRecord[] = [
  { at: 1_700_000_000_003, from: 'dashboard', action: 'schedule stop', outcome: 'done', by: 'dashboard:ops' },
  {
    at: 1_700_000_000_002,
    from: 'discord',
    action: 'restore',
    outcome: 'denied',
    by: '100000000000000001',
    guild: '200000000000000002',
  },
  { at: 1_700_000_000_001, from: 'cli', action: 'backup', outcome: 'failed', by: 'cli', detail: 'The disk is full.' },
];

/** Three attempts and three settings. */
export const scriptedRecords: Records = {
  trail: {
    async page({ before, limit }) {
      const found = recorded.filter(({ at }) => before === null || at < before);
      const records = found.slice(0, limit);
      return { records, next: found.length > limit ? (records.at(-1)?.at ?? null) : null };
    },
    by: async (userId) => recorded.filter(({ by }) => by === userId),
  },
  settings: () => [
    {
      name: 'GITHUB_TOKEN',
      value: 'ghp_…3f9a',
      source: 'environment',
      secret: true,
      group: { en: 'Process', ja: 'プロセス' },
      about: { en: 'Token for the copies.', ja: 'コピー用のトークン。' },
    },
    {
      name: 'BACKUP_SCHEDULE',
      value: 'daily 02:00',
      source: 'saved',
      secret: false,
      group: { en: 'Process', ja: 'プロセス' },
      about: { en: 'When backups are made.', ja: 'バックアップの時刻。' },
    },
    {
      name: 'S3_BUCKET',
      value: null,
      source: 'unset',
      secret: false,
      group: { en: 'Process', ja: 'プロセス' },
      about: { en: 'Bucket for copies of the backups.', ja: 'コピー用のバケット。' },
    },
  ],
};
