import type { World } from './world.ts';
import { discordError } from '../discord-error.ts';
import type { Interaction } from './model.ts';
import { BOUNDS, keepNewest, randomToken } from './world.ts';

/** Sends an interaction to the bot. It fails at once when no bot is connected or it was removed from the guild, else when the deadline passes. */
export function sendInteraction(
  world: World,
  known: Omit<Interaction, 'id' | 'token' | 'createdAtMs' | 'state' | 'acknowledgedAtMs' | 'originalId'>,
): Interaction {
  const interaction: Interaction = {
    ...known,
    id: world.nextId(),
    token: randomToken(48),
    createdAtMs: world.now(),
    state: 'sent',
    acknowledgedAtMs: null,
    originalId: null,
  };
  world.interactions.set(interaction.id, interaction);
  keepNewest(world.interactions, BOUNDS.interactions);
  world.bus.emit({ kind: 'interactionSent', interaction });
  const isReachable = world.botOnline && world.guilds.get(interaction.guildId ?? '')?.botPresent !== false;
  if (!isReachable) {
    settle(world, interaction, 'failed');
    return interaction;
  }
  setTimeout(() => settle(world, interaction, 'failed'), world.options.acknowledgeWithinMs).unref();
  return interaction;
}

/** The interaction a callback names, still waiting to be acknowledged. */
export function awaitingInteraction(world: World, id: string, token: string): Interaction {
  const interaction = world.interactions.get(id);
  if (interaction === undefined || interaction.token !== token) throw discordError('unknownInteraction');
  if (interaction.state === 'acknowledged') throw discordError('alreadyAcknowledged');
  const isLate = world.now() - interaction.createdAtMs > world.options.acknowledgeWithinMs;
  if (interaction.state === 'failed' || isLate) {
    settle(world, interaction, 'failed');
    throw discordError('unknownInteraction');
  }
  return interaction;
}

/** The interaction whose token a webhook call carries: acknowledged and not yet expired. */
export function interactionByToken(world: World, applicationId: string, token: string): Interaction {
  if (applicationId !== world.applicationId) throw discordError('unknownWebhook');
  for (const interaction of world.interactions.values()) {
    if (interaction.token !== token) continue;
    if (world.now() - interaction.createdAtMs > world.options.tokenLifeMs) throw discordError('invalidWebhookToken');
    if (interaction.state !== 'acknowledged') throw discordError('unknownWebhook');
    return interaction;
  }
  throw discordError('invalidWebhookToken');
}

export function settle(world: World, interaction: Interaction, state: 'acknowledged' | 'failed'): void {
  if (interaction.state !== 'sent') return;
  interaction.state = state;
  if (state === 'acknowledged') interaction.acknowledgedAtMs = world.now();
  world.bus.emit({ kind: 'interactionSettled', interaction });
}
