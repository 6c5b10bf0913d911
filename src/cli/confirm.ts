import { createInterface } from 'node:readline/promises';

/** Asks on a terminal; null where nobody sits there. Anything but yes is no. */
export function createConfirm(input: NodeJS.ReadStream, output: NodeJS.WriteStream, signal: AbortSignal) {
  return async (question: string): Promise<boolean | null> => {
    if (!input.isTTY || !output.isTTY) return null;
    const lines = createInterface({ input, output });
    try {
      return /^\s*y(es)?\s*$/i.test(await lines.question(`${question} [y/N] `, { signal }));
    } finally {
      lines.close();
    }
  };
}
