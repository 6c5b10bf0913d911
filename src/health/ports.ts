import type { Position, StateIdentity, Timeline } from '../backup/state-model.ts';
import type { AppError, ErrorCode, Words } from '../errors.ts';

export type PartState = 'ok' | 'degraded' | 'down' | 'starting';

/** One part of the bot as `/readyz` and `/status` show it. */
export interface PartStatus {
  readonly name: 'sqlite' | 'chroma' | 'embedder' | 'generator' | 'discord' | 'jobs' | 'clock';
  readonly state: PartState;
  /** In words, without secrets. */
  readonly detail: string;
  /** The same for people, where it is known in their language. */
  readonly words?: Words;
  /** Why it is not well, where that is known, and from when on trying again makes sense. */
  readonly failure?: { readonly code: ErrorCode; readonly retryAt: number | null };
  /** What does not keep it from working, and an operator should know all the same. */
  readonly notes?: readonly PartNote[];
}

export interface PartNote {
  /** The same as long as it is the same matter: `model:gemini-3.7-flash:gemini-3.8-flash`. */
  readonly key: string;
  readonly words: Words;
}

export interface StatusReport {
  readonly version: string;
  /** Fingerprint of the installation; null until it is known. */
  readonly installation?: string | null;
  /** Whose state is open, and which; null until it is known. For those who may see everything. */
  readonly identity?: StateIdentity | null;
  readonly startedAt: number;
  readonly parts: readonly PartStatus[];
  readonly totals: { readonly guilds: number; readonly documents: number; readonly chunks: number };
  /**
   * What is free, and what there is in all, on the volume that holds the database, without what the file system keeps for
   * root; null where it does not say.
   */
  readonly freeBytes: number | null;
  readonly volumeBytes: number | null;
  /** Where each folder of ours is; empty until that is known. */
  readonly folders: readonly FolderStatus[];
}

/** `container`: in a container's own layer, gone with it. `memory`: a tmpfs. `unknown`: the system does not say. */
export type FolderPlace = 'volume' | 'disk' | 'container' | 'memory' | 'unknown';

export interface FolderStatus {
  readonly path: string;
  readonly place: FolderPlace;
}

/** Says which installation something belongs to, and how far that had come. */
export interface Marker {
  readonly installationId: string;
  /** How often the bot has been started. */
  readonly starts: number;
  /** Milliseconds since the epoch. */
  readonly lastStartAt: number;
  /** As in `StateIdentity`. */
  readonly application: string | null;
  /** As in `StateIdentity`; empty in those of older versions. */
  readonly lineage: readonly Timeline[];
  /** How far the database had come; null in those of older versions. */
  readonly position: Position | null;
}

/** Something that tells of an earlier database: a reason not to begin with an empty one. */
export interface Trace {
  /** As a part of a sentence: `3 backups in /app/data/backups, the newest nescordbot_backup_20261121_093005`. */
  readonly what: string;
  /** The command that brings it back; null where there is none. */
  readonly wayBack: string | null;
}

export interface StatusSource {
  status(): StatusReport;
}

/** A place that start-up checks by writing to it, reading back and cleaning up. */
export interface VolumeProbe {
  /** Writes, reads back and deletes a test record. @throws AppError with the reason and the remedy */
  probe(): Promise<void>;
}

/** Whether the database that is open is where it should be, takes what is written, and is whole. */
export interface StoreCondition {
  /** Why nothing is kept, or what is not whole, as far as is known; null while all is well. */
  trouble(): AppError | null;
  /** Looks again; something that was put right is noticed, too. */
  look(): Promise<AppError | null>;
  /** What came of looking through all of it: damage, or null. */
  judged(damage: AppError | null): void;
}

/** Something that an operator has to know of, and that lasts until it is resolved. */
export interface Alert {
  /** What it is about: `volume:/app/data`, `backup:failed`. Raised again while open, only the words change. */
  readonly key: string;
  readonly severity: 'warning' | 'critical';
  /** For what gets worse by steps, 80, 90 and 95 % full: it is said again whenever this, or the severity, rises. */
  readonly level?: number;
  /** What is wrong and what to do about it, without secrets. */
  readonly words: Words;
}

export interface OpenAlert extends Alert {
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** What was open, or what happened and was over at once. */
export interface PastAlert {
  /** Null for what was announced. */
  readonly key: string | null;
  readonly severity: Alert['severity'] | 'info';
  readonly words: Words;
  /** Milliseconds since the epoch; equal for what was announced. */
  readonly since: number;
  readonly resolvedAt: number;
}

/**
 * Reaches whoever runs the bot. Nothing here waits or throws: delivery is the alerts' own affair. What is open outlives a
 * restart, so whoever raises a key resolves it, too, at the first look after a start.
 */
export interface Alerts {
  raise(alert: Alert): void;
  /** Says that it is over, and how long it took; nothing when it was not open. */
  resolve(key: string): void;
  /** All that is wrong of one family of keys, such as `vault:`, at this moment: raises these and resolves the others. */
  settle(family: string, alerts: readonly Alert[]): void;
  /** Something that happened and is over: a restore that was finished after a crash. */
  announce(words: Words): void;
  /** Oldest first. */
  open(): readonly OpenAlert[];
  /** What is over: the last 100, newest first. */
  recent(): readonly PastAlert[];
}
