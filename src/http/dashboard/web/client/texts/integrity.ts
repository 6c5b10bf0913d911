export const integrityTexts = {
  integrity: { en: 'Checks for damage', ja: '整合性の確認' },
  jobIntegrity: { en: 'Integrity check', ja: '整合性の確認' },
  checkSound: { en: 'No damage was found.', ja: '破損は見つかりませんでした。' },
  partDatabase: { en: 'Database', ja: 'データベース' },
  partContents: { en: 'Contents', ja: '文書の内容' },
  partIndex: { en: 'Index', ja: '索引' },
  partBackups: { en: 'Backups', ja: 'バックアップ' },
  isSound: { en: 'sound', ja: '問題なし' },
  isRepaired: { en: 'repaired', ja: '修復済み' },
  isDamaged: { en: 'damaged', ja: '破損' },
  isSkipped: { en: 'not looked at', ja: '未確認' },
  checkNow: { en: 'Check now', ja: '今すぐ確認' },
  neverChecked: { en: 'Not checked for damage yet.', ja: '整合性はまだ確認されていません。' },
  checkedSound: { en: 'Checked for damage {ago}: nothing found', ja: '整合性の確認（{ago}）：問題なし' },
  checkedRepaired: {
    en: 'Checked for damage {ago}: found and repaired ({parts})',
    ja: '整合性の確認（{ago}）：問題を見つけて修復しました（{parts}）',
  },
  checkedDamaged: {
    en: 'Checked for damage {ago}: damage found ({parts})',
    ja: '整合性の確認（{ago}）：破損があります（{parts}）',
  },
  checkedSkipped: {
    en: 'Checked for damage {ago}: nothing found, but not everything could be looked at ({parts})',
    ja: '整合性の確認（{ago}）：問題なし。ただし確認できなかったものがあります（{parts}）',
  },
} as const;
