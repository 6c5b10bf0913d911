import { resolve, sep } from 'node:path';
import { formerPassphrases } from './env-lines.ts';
import { endpointProblems, regionOf, withoutBucket } from './s3-endpoint.ts';
import type { Values } from './variables.ts';
import type { vaultVariables } from './vault-variables.ts';

export interface VaultsConfig {
  readonly github: {
    readonly repository: string;
    readonly token: string;
    readonly branch: string;
    readonly keep: number;
  } | null;
  readonly s3: {
    readonly endpoint: string | null;
    readonly region: string;
    readonly bucket: string;
    readonly prefix: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly keep: number;
  } | null;
  readonly folder: { readonly directory: string; readonly keep: number } | null;
  /** Of copies in each vault that may be read back in a day; 0: none is. */
  readonly verifyBytesPerDay: number;
}

export interface EncryptionConfig {
  /** A passphrase, or recipients; never both. */
  readonly key: {
    readonly passphrase: string | null;
    /** What it may have been in force as before; they open backups, and nothing is encrypted with them. */
    readonly formerPassphrases: readonly string[];
    readonly recipients: readonly string[];
    readonly identities: readonly string[];
  };
  readonly encryptLocal: boolean;
}

type Name = keyof typeof vaultVariables;

/** What is wrong about the variables together; `isGiven` so that one that was refused is not called missing. */
export function vaultProblems(values: Values, isGiven: (name: Name | 'BACKUP_DIRECTORY') => boolean): string[] {
  const problems: string[] = [];
  const missing = (names: readonly Name[]) => names.filter((name) => !isGiven(name));
  const github = missing(['GITHUB_DATA_REPO', 'GITHUB_TOKEN']);
  if (values.GITHUB_SYNC_ENABLED && github.length > 0) {
    problems.push(
      `GITHUB_SYNC_ENABLED is true without ${both(github)}; set ${them(github)}, or GITHUB_SYNC_ENABLED=false.`,
    );
  }
  const s3 = ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  const began = [...s3, 'S3_ENDPOINT' as const].filter(isGiven);
  const lacking = missing(s3);
  if (began.length > 0 && lacking.length > 0) {
    problems.push(`${began[0]} is set without ${both(lacking)}; set ${them(lacking)}, or none of the S3 variables.`);
  }
  if (isGiven('S3_BUCKET') && !isGiven('S3_ENDPOINT') && !isGiven('S3_REGION')) {
    problems.push(
      'S3_BUCKET is set without S3_ENDPOINT and S3_REGION; AWS needs S3_REGION, other services S3_ENDPOINT.',
    );
  }
  if (values.S3_ENDPOINT !== null && values.S3_BUCKET !== null) {
    problems.push(...endpointProblems(values.S3_ENDPOINT, values.S3_BUCKET, values.S3_REGION));
  }
  if (values.VAULT_DIRECTORY !== null && isGiven('BACKUP_DIRECTORY') && values.BACKUP_DIRECTORY !== null) {
    if (overlap(values.VAULT_DIRECTORY, values.BACKUP_DIRECTORY)) {
      problems.push(
        'VAULT_DIRECTORY is in BACKUP_DIRECTORY or around it; a copy beside the original is none. Use another disk.',
      );
    }
  }
  // One that is given with a mistake in it is one: its problem is told.
  const isAny = hasVault(values) || isGiven('S3_BUCKET') || isGiven('VAULT_DIRECTORY');
  if (values.RESTORE_ON_EMPTY === true && !isAny) {
    problems.push(
      'RESTORE_ON_EMPTY is true without a vault to restore from; set up GitHub, S3 or VAULT_DIRECTORY, or RESTORE_ON_EMPTY=false.',
    );
  }
  return [...problems, ...encryptionProblems(values, isGiven)];
}

function encryptionProblems(values: Values, isGiven: (name: Name) => boolean): string[] {
  const [phrase, recipients, identity] = [
    isGiven('BACKUP_AGE_PASSPHRASE'),
    isGiven('BACKUP_AGE_RECIPIENTS'),
    isGiven('BACKUP_AGE_IDENTITY'),
  ];
  if (phrase && recipients) {
    return [
      'BACKUP_AGE_PASSPHRASE and BACKUP_AGE_RECIPIENTS are both set; age encrypts by one of them, so remove the other.',
    ];
  }
  if (identity && !phrase && !recipients) {
    return [
      'BACKUP_AGE_IDENTITY is set without BACKUP_AGE_RECIPIENTS; set those to its public key, which age-keygen -y prints.',
    ];
  }
  if (!values.BACKUP_ENCRYPT_LOCAL) return [];
  if (!phrase && !recipients) {
    return [
      'BACKUP_ENCRYPT_LOCAL is true without a key; set BACKUP_AGE_PASSPHRASE, or BACKUP_AGE_RECIPIENTS and BACKUP_AGE_IDENTITY.',
    ];
  }
  if (!phrase && !identity) {
    return [
      'BACKUP_ENCRYPT_LOCAL is true without BACKUP_AGE_IDENTITY: the bot could restore none of its own backups. Set it, or BACKUP_ENCRYPT_LOCAL=false.',
    ];
  }
  return [];
}

export const hasVault = ({ GITHUB_SYNC_ENABLED, S3_BUCKET, VAULT_DIRECTORY }: Values): boolean =>
  GITHUB_SYNC_ENABLED || S3_BUCKET !== null || VAULT_DIRECTORY !== null;

export function vaultsConfig(values: Values): VaultsConfig {
  const { GITHUB_DATA_REPO, GITHUB_TOKEN, S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = values;
  const github = values.GITHUB_SYNC_ENABLED && GITHUB_DATA_REPO !== null && GITHUB_TOKEN !== null;
  const endpoint = S3_BUCKET === null ? null : values.S3_ENDPOINT && withoutBucket(values.S3_ENDPOINT, S3_BUCKET);
  const s3 = S3_BUCKET !== null && S3_ACCESS_KEY_ID !== null && S3_SECRET_ACCESS_KEY !== null;
  return {
    github: github
      ? {
          repository: GITHUB_DATA_REPO,
          token: GITHUB_TOKEN,
          branch: values.GITHUB_BRANCH,
          keep: values.GITHUB_KEEP,
        }
      : null,
    s3: s3
      ? {
          endpoint,
          region: values.S3_REGION ?? regionOf(endpoint),
          bucket: S3_BUCKET,
          prefix: values.S3_PREFIX,
          accessKeyId: S3_ACCESS_KEY_ID,
          secretAccessKey: S3_SECRET_ACCESS_KEY,
          keep: values.S3_KEEP,
        }
      : null,
    folder: values.VAULT_DIRECTORY === null ? null : { directory: values.VAULT_DIRECTORY, keep: values.VAULT_KEEP },
    verifyBytesPerDay: values.VAULT_VERIFY_MB_PER_DAY * 1_000_000,
  };
}

export function encryptionConfig(values: Values): EncryptionConfig | null {
  const { BACKUP_AGE_PASSPHRASE: passphrase, BACKUP_AGE_RECIPIENTS: recipients } = values;
  if (passphrase === null && recipients === null) return null;
  const key = {
    passphrase,
    formerPassphrases: passphrase === null ? [] : formerPassphrases(passphrase),
    recipients: recipients ?? [],
    identities: values.BACKUP_AGE_IDENTITY ?? [],
  };
  return { key, encryptLocal: values.BACKUP_ENCRYPT_LOCAL };
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [`${resolve(one)}${sep}`, `${resolve(other)}${sep}`];
  return a.startsWith(b) || b.startsWith(a);
}

const both = (names: readonly string[]): string => names.join(' and ');
const them = (names: readonly string[]): string => (names.length > 1 ? 'both' : 'it');
