import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Vault, VaultCopy } from '../../src/backup/vault-ports.ts';
import { tempFolder } from './temp-store.ts';

/** A vault with its real counterpart, and the ways in which that can go wrong. */
export interface VaultStage {
  readonly vault: Vault;
  /** The same place, given up soon where it stands still. The others are patient: a busy machine stands still, too. */
  readonly impatient: Vault;
  /** The same place, as another machine uses it. */
  readonly another: () => Vault;
  /** The same place with credentials that are not allowed in. */
  readonly refused: Vault;
  /** What must appear in no message. */
  readonly secrets: readonly string[];
  /** Transfers of archives break off half-way until `heal`. */
  readonly cut: () => void;
  /** Transfers of archives stand still half-way until `heal`. */
  readonly hang: () => void;
  /** There is no room any more, until `heal`. */
  readonly fill: () => void;
  readonly heal: () => void;
  /** Puts a file of somebody else's there. */
  readonly plant: (fileName: string, text: string) => Promise<void>;
  /** Every file that is there, ours or not. */
  readonly files: () => Promise<readonly string[]>;
  /** Changes a byte of what is stored. */
  readonly tamper: (fileName: string) => Promise<void>;
  /** What unfinished uploads left behind. */
  readonly leftovers: () => Promise<readonly string[]>;
}

export interface TestCopy {
  readonly copy: VaultCopy;
  readonly file: string;
  readonly bytes: Buffer;
}

let copies = 0;

/** Names follow each other by a second. */
export function makeCopy(t: TestContext, sizeBytes: number, changes: Partial<VaultCopy> = {}): TestCopy {
  copies += 1;
  const digits = new Date(Date.UTC(2026, 10, 21, 9, 0, copies)).toISOString().replaceAll(/\D/g, '');
  const name = changes.name ?? `nescordbot_backup_${digits.slice(0, 8)}_${digits.slice(8, 14)}`;
  const bytes = randomBytes(sizeBytes);
  const file = join(tempFolder(t), `${name}.tar.zst`);
  writeFileSync(file, bytes);
  const copy = {
    name,
    fileName: `${name}.tar.zst`,
    sizeBytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    note: `{"name":"${name}"}\n`,
    message: `manual backup by Mika: number ${copies}`,
    ...changes,
  };
  return { copy, file, bytes };
}
