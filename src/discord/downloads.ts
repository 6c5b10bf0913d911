import { AppError } from '../errors.ts';
import type { OfferedFile } from './request.ts';
import { shown, size } from './writing.ts';

/**
 * Fetches a file that somebody attached.
 * @throws AppError `invalid`: not an attachment, or larger than allowed; `unavailable`: it did not come
 */
export type Download = (file: OfferedFile, signal: AbortSignal) => Promise<Uint8Array>;

export interface DownloadRules {
  /** Only these hosts are asked: an address that somebody made up must not reach into our network. */
  readonly origins: readonly string[];
  readonly limitBytes: number;
  readonly timeoutMs: number;
}

export const DISCORD_FILES = ['https://cdn.discordapp.com', 'https://media.discordapp.net'];

export function createDownload({ origins, limitBytes, timeoutMs }: DownloadRules): Download {
  const tooLarge = () =>
    new AppError('invalid', {
      en: `That file is larger than ${size(limitBytes)}. Split it, and add the parts one by one.`,
      ja: `このファイルは ${size(limitBytes)} を超えています。分割して、ひとつずつ追加してください。`,
    });

  async function read(file: OfferedFile, signal: AbortSignal): Promise<Uint8Array> {
    const response = await fetch(file.url, { signal, redirect: 'error' });
    if (!response.ok || response.body === null) throw new Error(`The file server answered ${response.status}`);
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      bytes += piece.byteLength;
      if (bytes > limitBytes) throw tooLarge();
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  return async (file, signal) => {
    if (!URL.canParse(file.url) || !origins.includes(new URL(file.url).origin)) {
      throw new AppError('invalid', {
        en: 'That file is not on Discord. Attach it to the command.',
        ja: 'このファイルは Discord 上にありません。コマンドに添付してください。',
      });
    }
    if (file.sizeBytes > limitBytes) throw tooLarge();
    try {
      return await read(file, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    } catch (cause) {
      if (cause instanceof AppError || signal.aborted) throw cause;
      throw new AppError(
        'unavailable',
        {
          en: `${shown(file.name)} could not be fetched from Discord. Nothing was stored; please try again.`,
          ja: `${shown(file.name)} を Discord から取得できませんでした。何も保存していません。もう一度お試しください。`,
        },
        { cause },
      );
    }
  };
}
