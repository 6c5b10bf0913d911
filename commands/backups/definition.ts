import { flagOption, numberOption, slashCommand, subcommand, textOption } from '../../src/discord/command.ts';

export const backupOption = textOption({
  name: 'backup',
  ja: 'バックアップ',
  description: { en: 'Which one: type a part of its date or reason', ja: '日付や理由の一部を入力してください' },
  required: true,
  suggests: true,
});

const page = numberOption({
  name: 'page',
  ja: 'ページ',
  description: { en: 'Which page', ja: 'ページ番号' },
  min: 1,
  max: 9999,
});

const drill = flagOption({
  name: 'drill',
  ja: '予行演習',
  description: {
    en: 'False leaves out restoring it beside the bot and asking it a question',
    ja: 'False にすると、別の場所に復元して質問する確認を省きます',
  },
});

const scheduleOptions = [
  textOption({
    name: 'rule',
    ja: 'スケジュール',
    description: {
      en: 'every 6h, daily 02:00, weekly sun 02:00 or monthly 1 02:00',
      ja: 'every 6h、daily 02:00、weekly sun 02:00、monthly 1 02:00 のいずれか',
    },
    maxLength: 40,
  }),
  textOption({
    name: 'time-zone',
    ja: 'タイムゾーン',
    description: { en: 'Such as Asia/Tokyo or UTC', ja: 'Asia/Tokyo や UTC など' },
    maxLength: 60,
  }),
  flagOption({
    name: 'after-changes',
    ja: '変更後',
    description: { en: 'Also after knowledge was changed', ja: 'ナレッジの変更後にも作成します' },
  }),
  flagOption({
    name: 'enabled',
    ja: '有効',
    description: { en: 'Whether backups are made by themselves', ja: '定期バックアップを行うかどうか' },
  }),
];

export const backupsData = slashCommand(
  { name: 'backups', description: { en: 'Look after the backups', ja: 'バックアップの確認と管理' } },
  [
    subcommand(
      {
        name: 'list',
        ja: '一覧',
        description: { en: 'All backups, newest first', ja: 'すべてのバックアップ（新しい順）' },
      },
      [page],
    ),
    subcommand(
      { name: 'show', ja: '表示', description: { en: 'One backup and what is in it', ja: 'バックアップの詳細' } },
      [backupOption],
    ),
    subcommand(
      {
        name: 'verify',
        ja: '検証',
        description: { en: 'Read every byte back and rehearse a restore', ja: 'すべて読み直し、復元を予行演習します' },
      },
      [backupOption, drill],
    ),
    subcommand(
      {
        name: 'delete',
        ja: '削除',
        description: { en: 'Delete a backup for good', ja: 'バックアップを完全に削除します' },
      },
      [backupOption],
    ),
    subcommand(
      {
        name: 'pin',
        ja: 'ピン留め',
        description: { en: 'Keep it whatever retention says', ja: '自動で削除されないようにします' },
      },
      [backupOption],
    ),
    subcommand(
      {
        name: 'unpin',
        ja: 'ピン留め解除',
        description: { en: 'Leave it to retention again', ja: 'ピン留めを解除します' },
      },
      [backupOption],
    ),
    subcommand({
      name: 'cleanup',
      ja: '整理',
      description: {
        en: 'What retention would remove now, and why',
        ja: '古いバックアップの整理（先に内容を表示します）',
      },
    }),
    subcommand({
      name: 'sync',
      ja: '同期',
      description: {
        en: 'Send copies off this machine now',
        ja: 'マシンの外の保管先へ今すぐコピーを送ります',
      },
    }),
    subcommand(
      {
        name: 'schedule',
        ja: 'スケジュール',
        description: {
          en: 'When backups are made by themselves; options change it',
          ja: '定期バックアップの確認と変更',
        },
      },
      scheduleOptions,
    ),
  ],
);
