import { AppError, type ErrorCode, type Words } from '../../errors.ts';

interface Rule {
  readonly says: RegExp;
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  readonly words: (label: string) => Words;
}

/** What git, git-lfs and GitHub say, in the C locale; the first that fits counts. */
const RULES: readonly Rule[] = [
  {
    says: /is not a git command|git-lfs: (?:command )?not found/i,
    code: 'config',
    words: () => ({
      en: 'GITHUB_SYNC_ENABLED needs git-lfs, which is not installed here. Install it (Debian: apt-get install git-lfs), or switch it off.',
      ja: 'GITHUB_SYNC_ENABLED には git-lfs が必要ですが、インストールされていません。インストールするか（Debian: apt-get install git-lfs）、無効にしてください。',
    }),
  },
  {
    says: /over its data quota|exceeded its LFS budget|insufficient storage|\b507\b|disk quota exceeded|maximum (?:storage|size)/i,
    code: 'limit',
    words: (label) => ({
      en: `${label} is over its Git LFS quota, so nothing was added; the copies that are there are whole. GitHub never frees the space of removed copies: raise the LFS budget of the account, or set GITHUB_DATA_REPO to a new repository and delete the old one.`,
      ja: `${label} は Git LFS の容量上限を超えているため、追加できませんでした。既存のコピーは無事です。GitHub では削除したコピーの容量は解放されません。アカウントの LFS 予算を増やすか、GITHUB_DATA_REPO を新しいリポジトリに変えて古いほうを削除してください。`,
    }),
  },
  {
    says: /\b413\b|size must be less than|exceeds GitHub's file size limit|larger than the maximum/i,
    code: 'limit',
    words: (label) => ({
      en: `${label} does not take files as large as this one: GitHub's limit is 2 GB a file on the free plan. Use an S3-compatible vault for archives of this size.`,
      ja: `${label} はこの大きさのファイルを受け付けません（GitHub の無料プランでは 1 ファイル 2 GB まで）。この大きさのアーカイブには S3 互換の保管先をお使いください。`,
    }),
  },
  {
    says: /rate limit|too many requests|\b429\b/i,
    code: 'unavailable',
    retryAfterMs: 60_000,
    words: (label) => ({
      en: `${label} asks for fewer requests for now; the copy is tried again later.`,
      ja: `${label} のリクエスト数の制限に達しました。コピーは後でもう一度試みます。`,
    }),
  },
  {
    says: /authentication failed|could not read (?:username|password)|credentials for .* not found|authentication required|bad credentials|authorization error|\b401\b|\b403\b|permission to .* denied|write access to repository not granted/i,
    code: 'forbidden',
    words: (label) => ({
      en: `${label} refuses GITHUB_TOKEN: it is wrong, expired or revoked, or may not write there. Make a fine-grained token for this repository with "Contents: Read and write" and set GITHUB_TOKEN to it.`,
      ja: `${label} が GITHUB_TOKEN を拒否しました。トークンが誤っている、期限切れ、取り消し済み、または書き込み権限がありません。このリポジトリに対して「Contents: Read and write」を許可したトークンを作成し、GITHUB_TOKEN に設定してください。`,
    }),
  },
  {
    says: /repository .* not found|does not appear to be a git repository|\b404\b.*\.git|repository not found/i,
    code: 'forbidden',
    words: (label) => ({
      en: `${label} is not there for GITHUB_TOKEN. Create the repository, check GITHUB_DATA_REPO, and let the token see it: GitHub says "not found" of what a token may not see.`,
      ja: `GITHUB_TOKEN では ${label} が見つかりません。リポジトリの有無と GITHUB_DATA_REPO を確認し、トークンにアクセスを許可してください（GitHub は権限のないリポジトリも「見つからない」と答えます）。`,
    }),
  },
  {
    says: /unable to update url base from redirection|redirect/i,
    code: 'config',
    words: (label) => ({
      en: `${label} has moved to another address. Set GITHUB_DATA_REPO to its new name.`,
      ja: `${label} は移動されています。GITHUB_DATA_REPO を新しい名前に変更してください。`,
    }),
  },
  {
    says: /remote rejected|protected branch|rule violations|pre-receive hook declined/i,
    code: 'forbidden',
    words: (label) => ({
      en: `${label} does not let GITHUB_TOKEN push to this branch: a rule or a protection of the branch forbids it. Use a branch without protection (GITHUB_BRANCH), or exempt the token's account.`,
      ja: `${label} のブランチ保護またはルールにより、GITHUB_TOKEN ではプッシュできません。保護されていないブランチを GITHUB_BRANCH に指定するか、トークンのアカウントを例外に追加してください。`,
    }),
  },
  {
    says: /no space left on device/i,
    code: 'limit',
    words: () => ({
      en: 'The disk of this machine is too full to prepare the transfer. Free space or enlarge the volume.',
      ja: 'このマシンのディスクの空きが足りず、転送を準備できません。空き容量を増やしてください。',
    }),
  },
  {
    says: /does not exist on the server|object does not exist|remote missing object|missing objects?|expected OID|invalid(?:ly)? (?:oid|hash)|oid mismatch/i,
    code: 'damaged',
    words: (label) => ({
      en: `${label} does not have the archive whole any more: what Git LFS holds is missing or changed. Use another copy, and remove this one.`,
      ja: `${label} のアーカイブは、Git LFS の実体がないか変更されているため使えません。別のコピーをお使いになり、このコピーは削除してください。`,
    }),
  },
];

const OTHERWISE = (label: string): Words => ({
  en: `${label} cannot be reached, or the transfer broke off; it is tried again later. If this goes on, check the network and https://www.githubstatus.com.`,
  ja: `${label} に接続できないか、転送が途中で切れました。後でもう一度試みます。続く場合はネットワークと https://www.githubstatus.com を確認してください。`,
});

/** The words of git that go into the cause are without the token, in whatever form. */
export function failureOf(label: string, said: string, secrets: readonly string[]): AppError {
  const shown = secrets
    .reduce((text, secret) => text.replaceAll(secret, '•••'), said)
    .replaceAll(/(?<=:\/\/)[^/\s@]+@/g, '');
  const rule = RULES.find(({ says }) => says.test(shown));
  return new AppError(rule?.code ?? 'unavailable', (rule?.words ?? OTHERWISE)(label), {
    cause: new Error(shown.trim().slice(-2_000)),
    ...(rule?.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
  });
}
