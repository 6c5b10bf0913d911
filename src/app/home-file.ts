import { readFileSync } from 'node:fs';
import { writeDurably } from '../backup/durable.ts';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { HomeRecord, HomeStore } from '../discord/home-server.ts';
import { besideDatabase } from './contents.ts';

/** Beside the database, where no restore exchanges it: rights must not move because an older state comes back. */
export function createHomeFile(config: { readonly database: Pick<Config['database'], 'file'> }): HomeStore {
  const file = besideDatabase(config, 'home.json');
  return {
    read() {
      try {
        return parseHomeRecord(readFileSync(file, 'utf8'));
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw damaged(file, cause);
      }
    },
    save: (record) => writeDurably(file, `${JSON.stringify(record)}\n`, `${file}.partial`),
  };
}

function parseHomeRecord(text: string): HomeRecord {
  const record: unknown = JSON.parse(text);
  const { applicationId, guildId } = (record ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof applicationId !== 'string' || !(guildId === null || typeof guildId === 'string'))
    throw new TypeError('An application or a server is missing.');
  return { applicationId, guildId };
}

function damaged(file: string, cause: unknown): AppError {
  const words = {
    en: `${file} cannot be read, which says which server is home. /settings home in the right server writes it anew. Until then, name a server with --guild ID, or set HOME_GUILD_ID.`,
    ja: `ホームサーバーを記録した ${file} を読み取れません。正しいサーバーで /settings home を実行すると、新しく保存されます。それまでは --guild ID でサーバーを指定するか、HOME_GUILD_ID を設定してください。`,
  };
  return new AppError('damaged', words, { cause });
}
