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
  readonly words: (place: S3Place) => Words;
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
    codes: [
      'InvalidAccessKeyId',
      'SignatureDoesNotMatch',
      'AccessDenied',
      'AuthorizationHeaderMalformed',
      'InvalidToken',
      'ExpiredToken',
      'Unauthorized',
      'CredentialsProviderError',
    ],
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
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const names = [error.name, 'Code' in error ? String(error.Code) : '', 'code' in error ? String(error.code) : ''];
  const rule =
    RULES.find(({ codes }) => codes.some((code) => names.includes(code))) ??
    RULES.find(({ statuses }) => status !== undefined && statuses?.includes(status) === true);
  const cause = new Error(
    `${names.filter((name) => name !== '').join(' ')}${status === undefined ? '' : ` (HTTP ${status})`}`,
  );
  if (rule === undefined) return new AppError('unavailable', unreachable(place), { cause });
  return new AppError(rule.code, rule.words(place), {
    cause,
    ...(rule.retryAfterMs === undefined ? {} : { retryAfterMs: rule.retryAfterMs }),
  });
}

export const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404 && error.name !== 'NoSuchBucket';

const unreachable = ({ label }: S3Place): Words => ({
  en: `${label} cannot be reached, or the transfer broke off; it is tried again later. If this goes on, check S3_ENDPOINT and the network.`,
  ja: `${label} に接続できないか、転送が途中で切れました。後でもう一度試みます。続く場合は S3_ENDPOINT とネットワークを確認してください。`,
});
