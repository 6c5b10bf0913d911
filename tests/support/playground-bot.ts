import type { TestContext } from 'node:test';
import { Client, GatewayIntentBits, Partials } from 'discord.js';
import type { TestDiscord } from './playground-types.ts';

export const BOT_INTENTS = [
  GatewayIntentBits.Guilds,
  GatewayIntentBits.GuildMessages,
  GatewayIntentBits.MessageContent,
  GatewayIntentBits.DirectMessages,
];

/** The real discord.js (direct messages need `Partials.Channel`), connected and ready, closed when the test ends. */
export async function connectBot(t: TestContext, discord: TestDiscord, intents = BOT_INTENTS): Promise<Client<true>> {
  const client = new Client({ intents, partials: [Partials.Channel], rest: { api: discord.restApi, version: '10' } });
  t.after(() => client.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<Client<true>>();
  client.once('clientReady', resolve);
  client.login(discord.token).catch(reject);
  return promise;
}
