import type { Locale } from '../../errors.ts';

type Both = Readonly<Record<Locale, string>>;

/** What the sheet says to people. */
export const sheetWords = {
  title: { en: 'Recovery sheet of NescordBot', ja: 'NescordBot 復旧シート' },
  made: (version: string, at: string): Both => ({
    en: `Made on ${at.slice(0, 10)} by NescordBot ${version}. Keep it on paper or in a password manager, not on the bot's machine; make a new one when the vaults or the keys change.`,
    ja: `${at.slice(0, 10)}、NescordBot ${version} で作成。ボットのマシン以外の場所（紙やパスワードマネージャー）に保管してください。保管先や鍵を変えたら作り直してください。`,
  }),
  automatic: {
    en: 'The machine is lost: let a new one restore by itself',
    ja: 'マシンを失ったとき：新しいマシンに自動で復元させる',
  },
  newMachine: {
    en: 'Install NescordBot with an empty volume and these settings, and start it. Before it goes online it fetches, decrypts, verifies and restores its newest backup that is whole. Where it says that it cannot tell whose backups these are, set RESTORE_INSTALLATION to the id that it lists, for one start.',
    ja: '空のボリュームに NescordBot を導入し、次の設定で起動してください。オンラインになる前に、そのボットの最新の無事なバックアップを取得・復号・検証して復元します。どのボットのものか確認できないと表示されたら、一覧にある ID を RESTORE_INSTALLATION に設定し、一度だけ起動してください。',
  },
  secrets: (names: string): Both => ({
    en: `Set these as well, with their values from where you keep them: ${names}. Tokens and access keys can be made anew at the service; what decrypts the copies cannot.`,
    ja: `次の変数も、保管してある値を設定してください：${names}。トークンやアクセスキーは各サービスで再発行できますが、コピーを復号する鍵は再発行できません。`,
  }),
  byHand: { en: 'By hand, without NescordBot', ja: 'NescordBot なしで、手作業で取り出す' },
  choose: {
    en: 'Choose one; the name has the time in UTC, and the latest is the last. A name that ends in `.age` is encrypted.',
    ja: '一つ選んでください。名前は UTC の時刻で、いちばん下の日時がもっとも新しいものです。`.age` で終わるものは暗号化されています。',
  },
  tools: {
    github: {
      en: 'With `git` and `git-lfs` (`apt-get install git git-lfs`). Git asks for a user name and a token that may read the repository.',
      ja: '`git` と `git-lfs` を使います（`apt-get install git git-lfs`）。ユーザー名と、このリポジトリを読み取れるトークンを求められます。',
    },
    s3: {
      en: 'With the AWS command line (`apt-get install awscli`), and the access key in `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.',
      ja: 'AWS CLI を使います（`apt-get install awscli`）。アクセスキーを `AWS_ACCESS_KEY_ID` と `AWS_SECRET_ACCESS_KEY` に設定してください。',
    },
  },
  noPlace: (folder: string): Both => ({
    en: `**There is no copy off the machine.** When the volume with ${folder} is lost, everything is lost. Set up a vault: docs/deployment/off-site.md.`,
    ja: `**マシンの外にコピーがありません。** ${folder} のあるボリュームを失うと、すべて失われます。保管先を設定してください：docs/deployment/off-site.ja.md`,
  }),
  notEncrypted: {
    en: 'The copies are not encrypted: whoever can read them can read everything.',
    ja: 'コピーは暗号化されていません。ファイルを入手した人は内容をすべて読めます。',
  },
  decrypt: { en: 'Decrypt', ja: '復号する' },
  decryptHow: {
    passphrase: {
      en: 'With age (`apt-get install age`), which asks for the passphrase, BACKUP_AGE_PASSPHRASE:',
      ja: 'age を使います（`apt-get install age`）。パスフレーズ（BACKUP_AGE_PASSPHRASE）を入力してください。',
    },
    recipients: {
      en: 'With age (`apt-get install age`) and a secret key in the file `backup-key.txt`. It must be that of one of these public keys (`age-keygen -y backup-key.txt` prints it):',
      ja: 'age を使います（`apt-get install age`）。秘密鍵を `backup-key.txt` に入れてください。次の公開鍵のいずれかに対応するものが必要です（`age-keygen -y backup-key.txt` で確認できます）。',
    },
  },
  secretsFollow: {
    passphrase: { en: '**Secret.** The passphrase:', ja: '**秘密情報。** パスフレーズ：' },
    recipients: { en: '**Secret.** For `backup-key.txt`:', ja: '**秘密情報。** `backup-key.txt` の内容：' },
  },
  secretsElsewhere: {
    passphrase: {
      en: 'Without it the copies are lost. Write it here by hand, or where it is kept (`--show-secrets` prints it):',
      ja: 'これがないとコピーは読めません。パスフレーズか、その保管場所を書き込んでください（`--show-secrets` で印刷できます）：',
    },
    recipients: {
      en: 'Without it the copies are lost. Write here where it is kept (`--show-secrets` prints it where this machine has it):',
      ja: 'これがないとコピーは読めません。保管場所を書き込んでください（このマシンにある場合は `--show-secrets` で印刷できます）：',
    },
  },
  unpack: { en: 'Unpack', ja: '展開する' },
  inside: {
    en: '`sqlite/nescordbot.db` is an SQLite database with everything: documents, passages, their vectors, questions, answers, settings. `chroma/`, where it is there, is the search index, which can be made from it. `manifest.json` has what was backed up when, and the SHA-256 of each file.',
    ja: '`sqlite/nescordbot.db` は SQLite データベースで、文書・該当箇所・ベクトル・質問・回答・設定のすべてが入っています。`chroma/`（ある場合）は索引で、データベースから作り直せます。`manifest.json` には作成時の情報と各ファイルの SHA-256 があります。',
  },
  withBot: { en: 'Back into NescordBot', ja: 'NescordBot に戻す' },
  intoFolder: (folder: string, sealed: boolean): Both => ({
    en: `Put the archive${sealed ? ', encrypted or not,' : ' (NAME.tar.zst)'} into the bot's folder of backups, ${folder}, while the bot is stopped, then:`,
    ja: `ボットを停止し、アーカイブ${sealed ? '（暗号化されたままでも可）' : '（NAME.tar.zst）'}をボットのバックアップフォルダー ${folder} に置いて、次を実行してください。`,
  }),
  otherwise: {
    en: 'With another installation, the folder is `data/backups` and the command begins with `npm run cli --`.',
    ja: '別の方法で導入した場合、フォルダーは `data/backups`、コマンドは `npm run cli --` で始まります。',
  },
} as const;
