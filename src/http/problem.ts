import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../errors.ts';

const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limit: 429,
  busy: 503,
  unavailable: 503,
  blocked: 422,
  damaged: 500,
  config: 500,
  aborted: 499,
  internal: 500,
};

/** An error as RFC 9457 describes it. What went wrong inside is for the log, not for the caller. */
export function sendProblem(reply: FastifyReply, status: number, title: string, detail: string): FastifyReply {
  return reply.code(status).type('application/problem+json').send({ type: 'about:blank', title, status, detail });
}

export function createErrorHandler(log: { error(message: string, details?: object): void }) {
  return (error: FastifyError | AppError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const status =
      error instanceof AppError ? statusOf[error.code] : 'statusCode' in error ? (error.statusCode ?? 500) : 500;
    if (status >= 500) log.error(`${request.method} ${request.url.split('?')[0]} failed`, { error });
    if (error instanceof AppError && error.retryAfterMs !== null)
      reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000));
    const told = error instanceof AppError || status < 500;
    return sendProblem(
      reply,
      status,
      told ? 'The request failed' : 'Internal error',
      told ? error.message : 'Something went wrong here; the log says what.',
    );
  };
}
