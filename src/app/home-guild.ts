import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { KnowledgeStore } from '../knowledge/ports.ts';
import { createHomeFile } from './home-file.ts';
import { createPlayground, type Playground, type PlaygroundOptions } from '../playground/playground.ts';

/** A fixed day, so that the playground's server and people have the same ids after every restart. */
const FOUNDED_AT = Date.UTC(2026, 0, 1);

/** The local Discord that takes the real one's place; null where there is a token for the real one. */
export function playgroundFor({ discord }: Config, options: PlaygroundOptions = {}): Playground | null {
  return discord.token === null ? createPlayground({ foundedAtMs: FOUNDED_AT, ...options }) : null;
}

/** Where Discord is, and what opens it; `api` null is Discord itself. */
export interface PlaceOfDiscord {
  readonly token: string;
  readonly api: string | null;
}

export function placeOfDiscord({ discord }: Config, playground: Playground | null, url: string): PlaceOfDiscord {
  return { token: discord.token ?? playground?.token ?? '', api: playground?.restApi(url) ?? null };
}

/**
 * The server that a shell command means when it names none: the home server, the playground's, or the only one that
 * has documents.
 * @throws AppError `invalid` when it cannot be told
 */
export function homeGuildId(config: Config, store: Pick<KnowledgeStore, 'guildsWithDocuments'>): string {
  if (config.discord.homeGuildId !== null) return config.discord.homeGuildId;
  const [local] = playgroundFor(config)?.world.guilds.keys() ?? [];
  if (local !== undefined) return local;
  const home = createHomeFile(config).read()?.guildId ?? null;
  if (home !== null) return home;
  const [only, ...others] = store.guildsWithDocuments();
  if (only !== undefined && others.length === 0) return only;
  throw new AppError('invalid', 'Which server? Name it with --guild ID, or set HOME_GUILD_ID.');
}
