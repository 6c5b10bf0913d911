import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError, isAppError, type ErrorCode, type Words } from '../../errors.ts';

export interface S3Place {
  readonly label: string;
  readonly bucket: string;
}

interface Rule {
  /** Error codes of S3 and of the services that speak like it. */
  readonly codes: readonly string[];
  readonly statuses?: readonly number[];
  readonly code: ErrorCode;
  readonly retryAfterMs?: number;
  readonly words: (place: S3Place & { readonly region: string | null }) => Words;
}

const RULES: readonly Rule[] = [
  {
    codes: ['QuotaExceeded', 'XMinioStorageFull', 'ServiceQuotaExceededException', 'StorageFull', 'EntityTooLarge'],
    statuses: [507],
    code: 'limit',
    words: ({ label }) => ({
      en: `${label} is full or over its quota; the copies that are there are whole. Raise the quota, or keep fewer copies (S3_KEEP).`,
      ja: `${label} は容量の上限に達しています。既存のコピーは無事です。上限を引き上げるか、保管数（S3_KEEP）を減らしてください。`,
    }),
  },
  {
    codes: ['NoSuchBucket'],
    code: 'config',
    words: ({ label, bucket }) => ({
      en: `${label}: there is no bucket "${bucket}". Create it, or correct S3_BUCKET, S3_ENDPOINT and S3_REGION.`,
      ja: `${label}: バケット「${bucket}」がありません。作成するか、S3_BUCKET・S3_ENDPOINT・S3_REGION を確認してください。`,
    }),
  },
  {
    codes: ['RequestTimeTooSkewed'],
    code: 'config',
    words: ({ label }) => ({
      en: `${label} refuses requests because this machine's clock is wrong. Set the time (NTP).`,
      ja: `このマシンの時刻がずれているため、${label} がリクエストを拒否しました。時刻を合わせてください（NTP）。`,
    }),
  },
  {
    codes: [
      'PermanentRedirect',
      'TemporaryRedirect',
      'AuthorizationHeaderMalformed',
      'IllegalLocationConstraintException',
    ],
    statuses: [301, 307],
    code: 'config',
    words: ({ label, bucket, region }) => ({
      en: `${label}: the bucket "${bucket}" is in another region than it was asked for in. Set S3_REGION=${region ?? "to the bucket's region"}; where S3_ENDPOINT has a region in it, correct that, too.`,
      ja: `${label}: バケット「${bucket}」は別のリージョンにあります。${region === null ? 'S3_REGION にバケットのリージョンを設定してください' : `S3_REGION=${region} を設定してください`}。S3_ENDPOINT にリージョンが含まれる場合は、それも直してください。`,
    }),
  },
  {
    codes: ['InvalidAccessKeyId'],
    code: 'forbidden',
    words: ({ label }) => ({
      en: `${label} knows no such S3_ACCESS_KEY_ID. Copy it again, or make a new key; a key of another service or account does not count here (S3_ENDPOINT).`,
      ja: `${label} に、この S3_ACCESS_KEY_ID は登録されていません。コピーし直すか、新しいキーを作成してください。別のサービスやアカウントのキーは使えません（S3_ENDPOINT）。`,
    }),
  },
  {
    codes: ['SignatureDoesNotMatch'],
    code: 'forbidden',
    words: ({ label }) => ({
      en: `${label} says that S3_SECRET_ACCESS_KEY does not belong to S3_ACCESS_KEY_ID. Copy both again, whole. If they are right, a proxy before S3_ENDPOINT changes the requests.`,
      ja: `${label} によると、S3_SECRET_ACCESS_KEY が S3_ACCESS_KEY_ID と対応していません。両方を全体コピーし直してください。正しい場合は、S3_ENDPOINT の手前のプロキシがリクエストを書き換えています。`,
    }),
  },
  {
    codes: ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    code: 'config',
    words: ({ label }) => ({
      en: `${label} speaks no https at the port that S3_ENDPOINT names. Write http:// where the service is meant to be without TLS, or its port for https.`,
      ja: `${label}: S3_ENDPOINT のポートは https に対応していません。TLS なしのサービスなら http:// と書くか、https 用のポートを指定してください。`,
    }),
  },
  {
    codes: [
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    code: 'config',
    words: ({ label }) => ({
      en: `${label} has a certificate that does not hold for the host of S3_ENDPOINT, or that nobody known has signed. Correct S3_ENDPOINT, renew the certificate, or name its authority in NODE_EXTRA_CA_CERTS.`,
      ja: `${label} の証明書は、S3_ENDPOINT のホストに対して無効か、信頼された認証局のものではありません。S3_ENDPOINT を直すか、証明書を更新するか、認証局を NODE_EXTRA_CA_CERTS で指定してください。`,
    }),
  },
  {
    codes: ['SlowDown', 'TooManyRequests', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded'],
    statuses: [429],
    code: 'unavailable',
    retryAfterMs: 60_000,
    words: ({ label }) => ({
      en: `${label} asks for fewer requests for now; the copy is tried again later.`,
      ja: `${label} のリクエスト数の制限に達しました。コピーは後でもう一度試みます。`,
    }),
  },
  {
    codes: ['AccessDenied', 'InvalidToken', 'ExpiredToken', 'Unauthorized', 'CredentialsProviderError'],
    statuses: [401, 403],
    code: 'forbidden',
    words: ({ label }) => ({
      en: `${label} refuses S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: they are wrong, expired, or may not do this. They must be allowed to list the bucket and to read, write and delete objects in it.`,
      ja: `${label} が S3_ACCESS_KEY_ID と S3_SECRET_ACCESS_KEY を拒否しました。誤っているか、期限切れか、権限がありません。バケットの一覧と、オブジェクトの読み書き・削除を許可してください。`,
    }),
  },
  {
    codes: ['BadDigest', 'XAmzContentSHA256Mismatch', 'InvalidDigest'],
    code: 'unavailable',
    words: ({ label }) => ({
      en: `The copy was changed on its way to ${label}, which noticed it and refused it; it is tried again later.`,
      ja: `${label} への転送中にデータが変化したため、受け取りを拒否されました。後でもう一度試みます。`,
    }),
  },
];

/** The SDK's errors in words. Its own texts may quote the request, so that the cause has only their code. */
export function translate(error: unknown, place: S3Place): unknown {
  if (isAppError(error) || !(error instanceof Error)) return error;
  const status = statusOf(error);
  const names = [error.name, 'Code' in error ? String(error.Code) : '', 'code' in error ? String(error.code) : ''];
  const rule =
    RULES.find(({ codes }) => codes.some((code) => names.includes(code))) ??
    RULES.find(({ statuses }) => status !== undefined && statuses?.includes(status) === true);
  const cause = new Error(
    `${names.filter((name) => name !== '').join(' ')}${status === undefined ? '' : ` (HTTP ${status})`}`,
  );
  if (rule === undefined) return new AppError('unavailable', unreachable(place), { cause });
  return new AppError(rule.code, rule.words({ ...place, region: regionIn(error) }), {
    cause,
    ...(rule.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
  });
}

/** What is no S3 answer at all, HTML say, is an error of the parser with the response beside it. */
function statusOf(error: Error): number | undefined {
  if (error instanceof S3ServiceException) return error.$metadata.httpStatusCode;
  const { $response } = error as Error & { readonly $response?: { readonly statusCode?: unknown } };
  return typeof $response?.statusCode === 'number' ? $response.statusCode : undefined;
}

/** In the body (`Region`), or in a header of the answer. */
function regionIn(error: Error): string | null {
  const { Region, $response } = error as Error & {
    readonly Region?: unknown;
    readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> };
  };
  const told = Region ?? $response?.headers?.['x-amz-bucket-region'];
  return typeof told === 'string' && /^[a-z0-9-]{1,40}$/.test(told) ? told : null;
}

const NO_LISTING: ReadonlySet<number> = new Set([200, 400, 404, 405, 501]);

/** Of a bucket that is there, S3 always lists what is in it: whatever answers otherwise has another place than was meant. */
export function translateListing(error: unknown, place: S3Place): unknown {
  if (!(error instanceof Error)) return error;
  const status = statusOf(error);
  const isKnown = RULES.some(({ codes }) => codes.includes(error.name));
  if (isKnown || status === undefined || !NO_LISTING.has(status)) return error;
  return wrongAddress(place, `${error.name} (HTTP ${status})`);
}

export function wrongAddress({ label }: S3Place, said: string): AppError {
  return new AppError(
    'config',
    {
      en: `${label} answers, but not as S3 does. S3_ENDPOINT must be the address of the S3 API: without the bucket or another path, and not that of a web console or of a public page.`,
      ja: `${label} から応答がありましたが、S3 としての応答ではありません。S3_ENDPOINT には、バケット名などのパスを含まない S3 API のアドレスを指定してください（管理画面や公開ページのアドレスではありません）。`,
    },
    { cause: new Error(said) },
  );
}

export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket';

const unreachable = ({ label }: S3Place): Words => ({
  en: `${label} cannot be reached, or the transfer broke off; it is tried again later. If this goes on, check S3_ENDPOINT and the network.`,
  ja: `${label} に接続できないか、転送が途中で切れました。後でもう一度試みます。続く場合は S3_ENDPOINT とネットワークを確認してください。`,
});
