import { createHash } from 'node:crypto';
import { AppError } from '../../errors.ts';
import type { CollectionKey } from '../../knowledge/ports.ts';

/**
 * One collection per guild and space. The names are for people who look into Chroma; guild and space are read from the
 * metadata. A short hash keeps spaces apart that differ only in characters Chroma does not allow.
 */
export function createNames(prefix: string) {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{2,99}$/.test(prefix))
    throw new AppError(
      'config',
      `CHROMADB_COLLECTION_NAME must be 3 to 100 letters, digits, ".", "_" or "-" and start with a letter or digit; it is "${prefix}".`,
    );
  return {
    nameOf: ({ guildId, space, isSuccessor }: CollectionKey) =>
      `${prefix}_${slug(guildId)}_${slug(space.id)}_${hash(`${guildId}\n${space.id}`)}${isSuccessor === true ? NEXT : ''}`,
    isOurs: (name: string) => name.startsWith(`${prefix}_`),
    metadataOf: ({ guildId, space, isSuccessor }: CollectionKey) => ({
      guild_id: guildId,
      space_id: space.id,
      prefix,
      passing: isSuccessor === true,
    }),
    /** Another bot's prefix may begin with ours, so the whole prefix is compared. */
    keyOf(metadata: Readonly<Record<string, unknown>> | undefined) {
      const { guild_id: guildId, space_id: spaceId, prefix: whose } = metadata ?? {};
      if (whose !== prefix || typeof guildId !== 'string' || typeof spaceId !== 'string') return null;
      return { guildId, spaceId };
    },
    /** A successor that is being made, or one that was succeeded. */
    isPassing: (metadata: Readonly<Record<string, unknown>> | undefined) => metadata?.['passing'] === true,
  };
}

/** What a collection is called while it is made beside the one that answers, and what that one is called on its way out. */
export const NEXT = '_next';
export const LAST = '_last';

const slug = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80);
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);
