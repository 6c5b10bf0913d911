import { readFileSync } from 'node:fs';
import { writeDurably } from '../backup/durable.ts';
import type { Config } from '../config.ts';
import type { HomeRecord, HomeStore } from '../discord/home-server.ts';
import { besideDatabase } from './contents.ts';

/** Beside the database, where no restore exchanges it: rights must not move because an older state comes back. */
export function createHomeFile(config: { readonly database: Pick<Config['database'], 'file'> }): HomeStore {
  const file = besideDatabase(config, 'home.json');
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw error;
      }
      return parseHomeRecord(text, file);
    },
    save: (record) => writeDurably(file, `${JSON.stringify(record)}\n`),
  };
}

function parseHomeRecord(text: string, file: string): HomeRecord {
  const { applicationId, guildId } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (typeof applicationId !== 'string' || !(guildId === null || typeof guildId === 'string'))
    throw new Error(`${file} does not say which server is home.`);
  return { applicationId, guildId };
}
