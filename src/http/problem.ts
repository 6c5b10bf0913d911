import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, isAppError, wordsIn, type ErrorCode, type Words } from '../errors.ts';
import { validationWords } from './validation.ts';

/** What a program may tell problems by; documented, and never changed. */
export type ProblemSlug =
  | Exclude<ErrorCode, 'not_found'>
  | 'not-found'
  | 'unauthorized'
  | 'method-not-allowed'
  | 'job-running'
  | 'too-large'
  | 'unsupported-media-type';

interface Kind {
  readonly slug: ProblemSlug;
  readonly status: number;
  readonly title: string;
}

const kinds: Readonly<Record<ErrorCode, Kind>> = {
  invalid: { slug: 'invalid', status: 400, title: 'The request is not as it should be' },
  forbidden: { slug: 'forbidden', status: 403, title: 'Not allowed' },
  not_found: { slug: 'not-found', status: 404, title: 'Not found' },
  conflict: { slug: 'conflict', status: 409, title: 'Not as things stand' },
  limit: { slug: 'limit', status: 429, title: 'A limit is reached' },
  busy: { slug: 'busy', status: 503, title: 'Busy' },
  unavailable: { slug: 'unavailable', status: 503, title: 'A part is down' },
  blocked: { slug: 'blocked', status: 422, title: 'Refused by the model' },
  damaged: { slug: 'damaged', status: 503, title: 'Damaged data' },
  config: { slug: 'config', status: 503, title: 'The configuration is wrong' },
  aborted: { slug: 'aborted', status: 499, title: 'Cancelled' },
  internal: { slug: 'internal', status: 500, title: 'Internal error' },
};
/** A disk that is full does not empty itself by waiting. */
const noRoom: Kind = { slug: 'limit', status: 507, title: 'A limit is reached' };
const unauthorized: Kind = { slug: 'unauthorized', status: 401, title: 'No access' };
const jobRunning: Kind = { slug: 'job-running', status: 409, title: 'Another job is running' };

const byStatus: Readonly<Record<number, Kind>> = {
  401: unauthorized,
  403: kinds.forbidden,
  404: kinds.not_found,
  405: { slug: 'method-not-allowed', status: 405, title: 'Method not allowed' },
  409: kinds.conflict,
  413: { slug: 'too-large', status: 413, title: 'Too large' },
  415: { slug: 'unsupported-media-type', status: 415, title: 'Unsupported media type' },
  429: kinds.limit,
};

/** Said to HTTP alone: what no other room has a code for. */
export class HttpProblem extends AppError {
  readonly kind: Kind;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, kind: Kind, words: Words, more: Readonly<Record<string, unknown>> = {}) {
    super(code, words);
    this.kind = kind;
    this.more = more;
  }
}

export const noAccess = (detail: string): HttpProblem => new HttpProblem('forbidden', unauthorized, detail);
export const tooLarge = (detail: string): HttpProblem => new HttpProblem('limit', { ...statusKind(413) }, detail);
/** Of a backup that somebody named; trying again does not help. */
export const damagedBackup = (error: unknown): unknown =>
  isAppError(error, 'damaged') ? new HttpProblem('damaged', { ...kinds.damaged, status: 409 }, error.words) : error;
/** `running` says what does, and `href` where to follow it. */
export const otherJob = (words: Words, more: Readonly<Record<string, unknown>>): HttpProblem =>
  new HttpProblem('busy', jobRunning, words, more);

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The detail in every language it is known in. */
  readonly words?: { readonly en: string; readonly ja: string };
}

function problem({ slug, status, title }: Kind, words: Words): Problem {
  const detail = wordsIn('en', words);
  const known = { type: `urn:problem-type:nescordbot:${slug}`, title, status, detail };
  return typeof words === 'string' ? known : { ...known, words };
}

const defect = {
  en: 'Something went wrong here; the log says what.',
  ja: '問題が発生しました。詳細はログをご覧ください。',
};

/** An error as RFC 9457 describes it. What went wrong inside is for the log, not for the caller. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpProblem) return { ...problem(error.kind, error.words), ...error.more };
  if (error instanceof AppError) {
    const kind = error.code === 'limit' && error.retryAfterMs === null ? noRoom : kinds[error.code];
    return problem(kind, error.words);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 400 || status >= 500 || !(error instanceof Error)) return problem(kinds.internal, defect);
  return { ...problem({ ...statusKind(status), status }, error.message) };
}

const statusKind = (status: number): Kind => byStatus[status] ?? kinds.invalid;

export function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const retryAfterMs = error instanceof AppError ? error.retryAfterMs : null;
  if (retryAfterMs !== null) reply.header('retry-after', Math.ceil(retryAfterMs / 1000));
  const found = problemOf(error);
  return reply.code(found.status).type('application/problem+json').send(found);
}

export function createErrorHandler(log: { error(message: string, details?: object): void }) {
  return (thrown: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error =
      'validation' in thrown && thrown.validation !== undefined
        ? new AppError('invalid', validationWords(request, thrown.validation, thrown.validationContext), {
            cause: thrown,
          })
        : thrown;
    // What is busy or full, or down, is told; the rest is for whoever looks after the bot.
    const isForOperators = !isAppError(error) || ['damaged', 'config', 'internal'].includes(error.code);
    if (isForOperators && problemOf(error).status >= 500)
      log.error(`${request.method} ${request.url.split('?')[0]} failed`, { error });
    return sendProblem(reply, error);
  };
}
