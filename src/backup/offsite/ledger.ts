import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.ts';
import { writeDurably } from '../durable.ts';
import { FieldProblem } from '../fields.ts';
import { formatLedger, parseLedger } from './ledger-format.ts';
import { emptyLedger, type Ledger } from './model.ts';

/** What is remembered of one vault, on the disk: another process may have changed it since the last look. */
export interface LedgerFile {
  read(): Promise<Ledger>;
  /** The caller holds the vault's lock. */
  change(change: (current: Ledger) => Ledger): Promise<Ledger>;
}

const NAME = 'ledger.json';

/** @param folder of the vault; it is there when something is changed */
export function createLedgerFile(folder: string, label: string, log: Pick<Log, 'warn'>): LedgerFile {
  const file = join(folder, NAME);
  let known: { readonly version: string; readonly ledger: Ledger } = { version: '', ledger: emptyLedger(label) };

  async function read(): Promise<Ledger> {
    const found = await stat(file, { bigint: true }).catch(absent);
    const version = found === null ? '' : `${found.ino} ${found.mtimeNs} ${found.size}`;
    if (version !== known.version) known = { version, ledger: await parsed() };
    return known.ledger;
  }

  /** Of another vault, or unreadable: as good as none, since the vault is asked what it holds. */
  async function parsed(): Promise<Ledger> {
    const text = await readFile(file, 'utf8').catch(absent);
    if (text === null) return emptyLedger(label);
    try {
      const ledger = parseLedger(text);
      return ledger.label === label ? ledger : emptyLedger(label);
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      log.warn(`${file} cannot be read (${error.message}) and is made anew; copies that are there are read back again`);
      return emptyLedger(label);
    }
  }

  return {
    read,
    async change(change) {
      const next = change(await read());
      await writeDurably(file, formatLedger(next), `${file}.partial`);
      return next;
    },
  };
}

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
