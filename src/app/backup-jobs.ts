/**
 * What backups do off the main thread, by name. A thread does one job, so what the frequent ones need is loaded when they are
 * asked for: that makes a thread's start three times as fast.
 */
import type { Job } from '../adapters/threads/serve-job.ts';

const age = () => import('../adapters/age/jobs.ts');
const pack = () => import('../adapters/archive/pack.ts');
const unpack = () => import('../adapters/archive/unpack.ts');
const compare = () => import('../adapters/sqlite/compare.ts');

export const backupJobs: Readonly<Record<string, () => Promise<Job>>> = {
  encryptAge: async () => (await age()).encryptAge,
  decryptAge: async () => (await age()).decryptAge,
  openAgeHeader: async () => (await age()).openAgeHeader,
  pack: async () => (await pack()).pack,
  inspect: async () => (await unpack()).inspect,
  unpack: async () => (await unpack()).unpack,
  captureSqlite: async () => (await import('../adapters/sqlite/snapshot-capture.ts')).captureSqlite,
  captureChroma: async () => (await import('../adapters/chroma/snapshot-capture.ts')).captureChroma,
  checkCopy: async () => (await import('../adapters/sqlite/copy-check.ts')).checkCopy,
  checkContents: async () => (await import('../adapters/sqlite/check-contents.ts')).checkContents,
  checkLive: async () => (await import('../adapters/sqlite/live-check.ts')).checkLive,
  assertUnused: async () => (await compare()).assertUnused,
  compareDatabases: async () => (await compare()).compareDatabases,
  countTables: async () => (await compare()).countTables,
  compactDatabase: async () => (await import('../adapters/sqlite/free-pages.ts')).compactDatabase,
  rebuildWords: async () => (await import('../adapters/sqlite/rebuild-words.ts')).rebuildWords,
  reserveNumbers: async () => (await compare()).reserveNumbers,
  takeDocuments: async () => (await import('../adapters/sqlite/take-documents.ts')).takeDocuments,
};
