import type { BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { writeDurably } from '../durable.ts';
import { FieldProblem } from '../fields.ts';
import { formatLedger, MOST_CHARACTERS, parseLedger } from './ledger-format.ts';
import { emptyLedger, type Ledger } from './model.ts';

/** What is remembered of one vault, on the disk: another process may have changed it since the last look. */
export interface LedgerFile {
  read(): Promise<Ledger>;
  /** The caller holds the vault's lock. */
  change(change: (current: Ledger) => Ledger): Promise<Ledger>;
}

const NAME = 'ledger.json';
/** A character is at most three of them in UTF-8. */
const MOST_BYTES = 3 * MOST_CHARACTERS;

/** @param folder of the vault; it is there when something is changed */
export function createLedgerFile(folder: string, label: string, log: Pick<Log, 'warn'>): LedgerFile {
  const file = join(folder, NAME);
  let known: { readonly version: string; readonly ledger: Ledger } = { version: '', ledger: emptyLedger(label) };

  async function read(): Promise<Ledger> {
    const found = await stat(file, { bigint: true }).catch(absent);
    const version = versionOf(found);
    if (version !== known.version)
      known = { version, ledger: found === null ? emptyLedger(label) : await parsed(found) };
    return known.ledger;
  }

  /** Of another vault, or unreadable: as good as none, since the vault is asked what it holds. */
  async function parsed(found: BigIntStats): Promise<Ledger> {
    try {
      if (!found.isFile()) throw new FieldProblem('it is not a file'); // a pipe would never end
      if (found.size > MOST_BYTES) throw new FieldProblem(`it is longer than ${MOST_BYTES} bytes`);
      const ledger = parseLedger(await readFile(file, 'utf8'));
      return ledger.label === label ? ledger : emptyLedger(label);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EMFILE' || code === 'ENFILE') throw error; // says nothing of the file
      if (code === 'ENOENT') return emptyLedger(label);
      if (!(error instanceof FieldProblem) && code === '') throw error;
      const why = error instanceof FieldProblem ? error.message : code;
      log.warn(`${file} cannot be read (${why}) and is made anew; copies that are there are read back again`);
      return emptyLedger(label);
    }
  }

  return {
    read,
    async change(change) {
      const next = change(await read());
      await writeDurably(file, formatLedger(next), `${file}.partial`);
      // Nobody else writes while the lock is held, and a ledger of thousands of copies takes long to read.
      known = { version: versionOf(await stat(file, { bigint: true }).catch(absent)), ledger: next };
      return next;
    },
  };
}

const versionOf = (found: BigIntStats | null): string =>
  found === null ? '' : `${found.ino} ${found.mtimeNs} ${found.size}`;

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
