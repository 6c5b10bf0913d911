import type { Config } from '../config.ts';
import { openHttpServer } from '../http/server.ts';
import type { Log } from '../log.ts';
import { dashboardLink } from '../playground/dashboard-link.ts';
import type { Playground } from '../playground/playground.ts';
import { webClient } from '../playground/web/serve.ts';
import { createRestApi, type RestApi, type RestApiOptions } from './api.ts';
import { restarting } from './refusals.ts';

export interface WebOptions extends Omit<RestApiOptions, 'localGuildId'> {
  readonly playground: Playground | null;
  /** True from the moment on at which the bot is to stop: nothing new is begun then. */
  readonly isLeaving: () => boolean;
  readonly log: Log;
}

export interface Web extends Pick<RestApi, 'counting'>, AsyncDisposable {
  /** `http://127.0.0.1:3000`. */
  readonly url: string;
}

/** All that is reached by HTTP: health routes, API, dashboard and playground; there before anything else is. */
export async function openWeb(config: Config, options: WebOptions): Promise<Web> {
  const { playground, isLeaving, health, log } = options;
  await using opening = new AsyncDisposableStack();
  const localGuildId = playground?.world.guilds.keys().next().value ?? null;
  const api = opening.use(createRestApi(config, { ...options, localGuildId }));
  const http = await openHttpServer({
    host: config.host,
    port: config.port,
    status: health,
    tokens: config.api.tokens,
    refusal: () => (isLeaving() ? restarting() : null),
    trustedProxies: config.api.trustedProxies,
    log,
    plugins: [
      api.plugin,
      ...(playground === null ? [] : [playground.plugin, webClient(), dashboardLink(() => api.issueTicket())]),
    ],
  });
  opening.defer(() => http.close());
  const opened = opening.move();
  return {
    url: http.url,
    counting: (answers) => api.counting(answers),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
