export type PartState = 'ok' | 'degraded' | 'down' | 'starting';

/** One part of the bot as `/readyz` and `/status` show it. */
export interface PartStatus {
  readonly name: 'sqlite' | 'chroma' | 'embedder' | 'generator' | 'discord' | 'jobs';
  readonly state: PartState;
  /** In words, without secrets. */
  readonly detail: string;
}

export interface StatusReport {
  readonly version: string;
  readonly startedAt: number;
  readonly parts: readonly PartStatus[];
  readonly totals: { readonly guilds: number; readonly documents: number; readonly chunks: number };
  readonly dataDirectory: string;
  /** Null where the file system does not say. */
  readonly freeBytes: number | null;
}

export interface StatusSource {
  status(): StatusReport;
}

/** A place that start-up checks by writing to it, reading back and cleaning up. */
export interface VolumeProbe {
  /** Writes, reads back and deletes a test record. @throws AppError with the reason and the remedy */
  probe(): Promise<void>;
}
