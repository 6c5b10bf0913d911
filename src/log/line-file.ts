import { constants } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';

export interface LineFileOptions {
  readonly file: string;
  /** Before it would grow beyond this, it makes way as `FILE.1`, that as `FILE.2`, and so on. */
  readonly maxBytes: number;
  /** This one and those that made way. */
  readonly maxFiles: number;
  /** Whether a line has reached the disk before the next one is written. */
  readonly isDurable?: boolean;
  /** Told once when writing begins to fail, and with null once it works again. */
  readonly onTrouble: (error: unknown) => void;
}

/** A file of lines that never stops whoever writes to it: what the disk does not take waits, and in the end is counted. */
export interface LineFile {
  /** Returns at once. The line has no line break in it, or is meant to be several. */
  append(line: string): void;
  /** Resolves when all that was appended was written, or could not be. */
  flush(): Promise<void>;
}

const MOST_WAITING = 5_000;
const RETRY_MS = 1_000;
/** Not through a link that somebody laid there, nor into a pipe, which would wait for a reader. */
export const APPENDING =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Why not winston's own file transport: once a write fails, a full disk say, it takes nothing more and lets the whole
 * logger wait for it, the console included. The file is opened anew for each write, so that it may be moved meanwhile.
 */
export function createLineFile(options: LineFileOptions): LineFile {
  const { file, maxBytes, isDurable = false, onTrouble } = options;
  let waiting: string[] = [];
  let lost = 0;
  let failing = false;
  let isTorn = false;
  let retryAt = 0;
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      const note = lost > 0 ? [`Lines that could not be written here: ${lost}`] : [];
      const text = `${isTorn ? '\n' : ''}${[...note, ...lines].join('\n')}\n`;
      try {
        await put(text);
      } catch (error) {
        waiting = [...lines, ...waiting];
        bound();
        retryAt = performance.now() + RETRY_MS;
        if (!failing) onTrouble(error);
        failing = true;
        return;
      }
      [lost, isTorn] = [0, false];
      if (failing) onTrouble(null);
      failing = false;
    }
  }

  async function put(text: string): Promise<void> {
    const size = await sizeOf(file);
    if (size > 0 && size + Buffer.byteLength(text) > maxBytes) await rotate();
    await using handle = await open(file, APPENDING, 0o600);
    isTorn = true; // until all of it is written, as far as anyone knows
    await handle.writeFile(text);
    if (isDurable) await handle.datasync();
  }

  async function rotate(): Promise<void> {
    const names = filesOf(options);
    await rm(names.at(-1) ?? file, { force: true });
    for (let number = names.length - 2; number >= 0; number -= 1) {
      await rename(names[number] ?? file, names[number + 1] ?? file).catch(ignoreMissing);
    }
  }

  function bound(): void {
    const surplus = waiting.length - MOST_WAITING;
    if (surplus <= 0) return;
    waiting.splice(0, surplus);
    lost += surplus;
  }

  function begin(): Promise<void> {
    return (writing ??= write().finally(() => (writing = null)));
  }

  return {
    append(line) {
      waiting.push(line);
      bound();
      if (!failing || performance.now() >= retryAt) void begin();
    },
    async flush() {
      await writing;
      if (waiting.length > 0) await begin();
    },
  };
}

/** The names under which its lines are, newest first. */
export function filesOf({ file, maxFiles }: Pick<LineFileOptions, 'file' | 'maxFiles'>): string[] {
  return Array.from({ length: maxFiles }, (_, number) => (number === 0 ? file : `${file}.${number}`));
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    ignoreMissing(error);
    return 0;
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
