import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { Caller, Scope } from './tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call it. Every route of the API says so; the API does not open otherwise. */
    scope?: Scope | 'anyone';
  }
  interface FastifyRequest {
    /** Null on routes for anyone. */
    caller: Caller | null;
    /** False once the log-in that the request came with has ended; null where there is none. */
    isStillIn: (() => boolean) | null;
  }
}

/** What a route's schemas say is what its handler is given, and what it must return. */
interface Schemas extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export type ApiServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  Schemas
>;
