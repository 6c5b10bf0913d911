import { AppError } from '../errors.ts';
import type { VolumeProbe } from './ports.ts';

export interface PersistenceCheck {
  /** The local server's folder, or the remote server's address. */
  readonly directory: string;
  readonly probe: VolumeProbe;
  readonly log: { info(message: string): void };
}

/**
 * Checks, by doing it, that Chroma keeps what it is given; the lines in the log are the ones that operators look for.
 * @throws AppError whose message is `ChromaDB persistence verification failed: …` with the remedy
 */
export async function verifyPersistence({ directory, probe, log }: PersistenceCheck): Promise<void> {
  log.info(`ChromaDB service initialized with persist directory: ${directory}`);
  try {
    await probe.probe();
  } catch (cause) {
    const known = cause instanceof AppError ? cause : null;
    const reason = (known?.message ?? String(cause)).replace(/\.$/, '');
    throw new AppError(
      known?.code ?? 'internal',
      `ChromaDB persistence verification failed: ${reason}. Check free space and permissions of ` +
        `${directory}. The index holds nothing of its own: it may be emptied and is rebuilt from SQLite at the next start.`,
      { cause },
    );
  }
  log.info('ChromaDB persistence verification successful');
}
