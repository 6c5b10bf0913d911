/** Where copies are, as somebody without NescordBot gets at them. */
export type RecoveryPlace =
  | { readonly kind: 'github'; readonly repository: string; readonly branch: string }
  | {
      readonly kind: 's3';
      /** Null: AWS itself. */
      readonly endpoint: string | null;
      readonly region: string;
      readonly bucket: string;
      readonly prefix: string;
    }
  | { readonly kind: 'folder'; readonly directory: string };

export interface RecoveryEncryption {
  readonly kind: 'passphrase' | 'recipients';
  /** Public keys, any of whose owners can read the copies. */
  readonly recipients: readonly string[];
  /** The passphrase, or the secret keys that this machine has; null unless somebody asked for them. */
  readonly secrets: readonly string[] | null;
}

/** What a restore needs that must outlive the machine. */
export interface RecoveryFacts {
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** What shell commands begin with on this machine. */
  readonly cliCommand: string;
  readonly backupFolder: string;
  readonly places: readonly RecoveryPlace[];
  readonly encryption: RecoveryEncryption | null;
  /** What a new machine is configured with, without secrets: `GITHUB_DATA_REPO=mika/bot-data`. */
  readonly settings: readonly string[];
  /** Names of the variables whose values are secret, and kept elsewhere. */
  readonly secretNames: readonly string[];
}
