import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeText } from './text.ts';
import { gone, notMounted } from './failure.ts';

/** In the root of the vault: without it, what lies there may be the empty folder under a mount that is gone. */
export const MARKER = '.nescordbot-vault';

const ABOUT = 'NescordBot keeps copies of its backups in this folder. It writes here only while this file is there.\n';

export interface MountOptions {
  readonly directory: string;
  /** A file on the bot's own volume that remembers that the vault has been used. */
  readonly memory: string;
}

/** Vaults are never created, and an unmounted mount point is never filled. */
export function createMount({ directory, memory }: MountOptions) {
  const marker = join(directory, MARKER);
  async function check(): Promise<{ readonly marked: boolean }> {
    if (!(await stat(directory)).isDirectory()) throw gone(directory);
    const marked = await isThere(marker);
    if (!marked && (await isThere(memory))) throw notMounted(directory, MARKER);
    return { marked };
  }
  return {
    /** Before anything is read. */
    check: async () => void (await check()),
    /** Before anything is written. */
    async claim(): Promise<void> {
      const { marked } = await check();
      if (!marked) await writeText(marker, ABOUT);
      if (await isThere(memory)) return;
      await mkdir(dirname(memory), { recursive: true });
      await writeText(memory, `${directory}\n`);
    },
  };
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
