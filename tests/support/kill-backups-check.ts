import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Folders } from './kill-trial.ts';
import type { ListedBackup } from './restore-child.ts';

/** As many as the bot is told to keep. */
export const KEEP = 3;

/** What was told at least, and at most, when a backup was made: writers go on meanwhile. */
export interface Bounds {
  readonly least: ReadonlySet<string>;
  readonly most: ReadonlySet<string>;
}

/** Backups that were good when last looked at, by name. */
export type Known = Map<string, Bounds & { readonly kind: string | null; readonly documents: number }>;

export function assertWithin(titles: readonly string[], { least, most }: Bounds, what: string): void {
  const there = new Set(titles);
  const lost = [...least].filter((title) => !there.has(title));
  const surplus = titles.filter((title) => !most.has(title));
  assert.deepEqual({ lost, surplus }, { lost: [], surplus: [] }, what);
}

/**
 * Holds the list against what was known: nothing good was lost that retention does not explain, nothing became damaged.
 * Returns the good ones that are new. What is there now is known afterwards.
 */
export function takeStock(known: Known, listed: readonly ListedBackup[], during: Bounds): string[] {
  const broken = listed.filter(({ state }) => state === 'damaged');
  assert.deepEqual(broken, [], 'no backup is damaged');
  const good = new Map(listed.filter(({ state }) => state === 'good').map((one) => [one.name, one]));
  const made = [...good.values()].filter(({ name }) => !known.has(name));
  for (const { name, kind, documents } of made) known.set(name, { ...during, kind, documents });
  for (const [name, { kind }] of known) {
    if (good.has(name)) continue;
    const newer = [...good.values()].filter((one) => one.kind === kind && one.name > name);
    assert.ok(kind === 'manual' && newer.length >= KEEP, `${name} (${String(kind)}) was lost`);
    known.delete(name);
  }
  return made.map(({ name }) => name);
}

/** Nothing of a restore lies about once the bot has started. */
export function assertTidy({ database, chroma }: Folders): void {
  const names = [dirname(database), chroma].flatMap((root) => readdirSync(root));
  assert.deepEqual(
    names.filter((name) => /^\.stage|^\.before|restore-journal/.test(name)),
    [],
  );
}
