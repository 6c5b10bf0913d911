import type { ErrorCode } from '../../errors.ts';
import * as field from '../fields.ts';
import { backupKind } from '../manifest.ts';
import { parseName } from '../name.ts';
import { readIdentity } from '../state-model.ts';
import { emptyLedger, type CopyFacts, type CopyRecord, type Failure, type Ledger, type UsageSample } from './model.ts';

const FORMAT = 1;
const MOST_COPIES = 20_000;
export const MOST_CHARACTERS = 30_000_000;
const CODES = [
  'invalid',
  'not_found',
  'forbidden',
  'conflict',
  'busy',
  'limit',
  'unavailable',
  'blocked',
  'damaged',
  'config',
  'aborted',
  'internal',
] as const satisfies readonly ErrorCode[];

export function formatLedger(ledger: Ledger): string {
  return `${JSON.stringify({ format: FORMAT, ...ledger })}\n`;
}

/** @throws FieldProblem for what this program did not write */
export function parseLedger(text: string): Ledger {
  const found = field.object(field.parseJson(text, MOST_CHARACTERS), 'ledger');
  if (found['format'] !== FORMAT) throw new field.FieldProblem(`format is not ${FORMAT}`);
  return {
    label: field.string(1000)(found['label'], 'label'),
    listedAt: field.nullable(field.moment)(found['listedAt'], 'listedAt'),
    lastSuccessAt: field.nullable(field.moment)(found['lastSuccessAt'], 'lastSuccessAt'),
    trouble: field.nullable(failure)(found['trouble'], 'trouble'),
    failures: byName(failure)(found['failures'], 'failures'),
    copies: byName(copy)(found['copies'], 'copies'),
    usage: field.list(sample, 1000)(found['usage'], 'usage'),
    readBack: found['readBack'] === undefined ? emptyLedger('').readBack : readBack(found['readBack'], 'readBack'),
  };
}

function byName<T>(read: field.ReadField<T>): field.ReadField<Readonly<Record<string, T>>> {
  return (value, where) => {
    const entries = Object.entries(field.object(value, where)).filter(([name]) => parseName(name) !== null);
    if (entries.length > MOST_COPIES) throw new field.FieldProblem(`${where} has more than ${MOST_COPIES} members`);
    return Object.fromEntries(entries.map(([name, one]) => [name, read(one, `${where}.${name}`)]));
  };
}

function copy(value: unknown, where: string): CopyRecord {
  const found = field.object(value, where);
  const state = field.oneOf('uploaded', 'verified', 'rotten')(found['state'], `${where}.state`);
  const at = field.moment(found['at'], `${where}.at`);
  // Ledgers of before copies were read back again: the first time is all that they know of.
  const readAt = found['readAt'] === undefined ? (state === 'verified' ? at : null) : found['readAt'];
  return {
    state,
    at,
    readAt: field.nullable(field.moment)(readAt, `${where}.readAt`),
    fileName: field.string(200)(found['fileName'], `${where}.fileName`),
    sizeBytes: field.count(found['sizeBytes'], `${where}.sizeBytes`),
    sha256: field.nullable(field.sha256)(found['sha256'], `${where}.sha256`),
    facts: field.nullable(facts)(found['facts'], `${where}.facts`),
  };
}

function readBack(value: unknown, where: string): Ledger['readBack'] {
  const found = field.object(value, where);
  return {
    startedAt: field.nullable(field.moment)(found['startedAt'], `${where}.startedAt`),
    last: field.nullable(field.string(100))(found['last'], `${where}.last`),
    creditBytes: field.count(found['creditBytes'], `${where}.creditBytes`),
    creditedAt: field.nullable(field.moment)(found['creditedAt'], `${where}.creditedAt`),
  };
}

function facts(value: unknown, where: string): CopyFacts {
  const found = field.object(value, where);
  return {
    kind: backupKind(found['kind'], `${where}.kind`),
    reason: field.nullable(field.string(1000))(found['reason'], `${where}.reason`),
    by: field.nullable(field.string(200))(found['by'], `${where}.by`),
    documents: field.nullable(field.count)(found['documents'], `${where}.documents`),
    archiveSizeBytes: field.count(found['archiveSizeBytes'], `${where}.archiveSizeBytes`),
    archiveSha256: field.sha256(found['archiveSha256'], `${where}.archiveSha256`),
    contentsSha256: field.nullable(field.sha256)(found['contentsSha256'] ?? null, `${where}.contentsSha256`),
    identity: readIdentity(found['identity'], `${where}.identity`),
    drilled: field.boolean(found['drilled'], `${where}.drilled`),
    pinned: field.boolean(found['pinned'], `${where}.pinned`),
  };
}

function failure(value: unknown, where: string): Failure {
  const found = field.object(value, where);
  const words = field.object(found['words'], `${where}.words`);
  return {
    since: field.moment(found['since'], `${where}.since`),
    at: field.moment(found['at'], `${where}.at`),
    attempts: field.count(found['attempts'], `${where}.attempts`),
    nextAt: field.moment(found['nextAt'], `${where}.nextAt`),
    code: field.oneOf(...CODES)(found['code'], `${where}.code`),
    words: {
      en: field.string(5000)(words['en'], `${where}.words.en`),
      ja: field.string(5000)(words['ja'], `${where}.words.ja`),
    },
  };
}

function sample(value: unknown, where: string): UsageSample {
  const found = field.object(value, where);
  return {
    at: field.moment(found['at'], `${where}.at`),
    usedBytes: field.count(found['usedBytes'], `${where}.usedBytes`),
    limitBytes: field.nullable(field.count)(found['limitBytes'], `${where}.limitBytes`),
  };
}
