import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { counted } from '../counted.ts';
import type { Library } from '../knowledge/api.ts';
import type { SettingsStore } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OWN_DOCUMENTS = ['README*.md', 'docs/*.md', 'docs/deployment/*.md'];
const TAUGHT = 'first-lesson';

/**
 * Teaches the playground's server NescordBot's own README and docs, once: what was removed later stays removed. Returns
 * when they are read.
 */
export async function teachOwnDocuments(
  guildId: string,
  { library, settings, log }: { readonly library: Library; readonly settings: SettingsStore; readonly log: Log },
): Promise<void> {
  if ((settings.setting(guildId, TAUGHT) ?? null) !== null) return;
  const names: string[] = [];
  for await (const name of glob(OWN_DOCUMENTS, { cwd: ROOT })) names.push(name);
  const reading: Promise<void>[] = [];
  for (const name of names.sort()) {
    const content = await readFile(`${ROOT}/${name}`);
    const { job } = library.add({ guildId, name, content, addedBy: 'system' });
    if (job !== null) reading.push(ended(library, job.id));
  }
  log.info(
    `Reading NescordBot's own documentation, ${counted(names.length, 'page')}, so that there is something to ask about`,
  );
  settings.saveSetting(guildId, TAUGHT, { documents: names.length });
  await Promise.all(reading);
}

/** Resolves when a document is read, or will not be for now. */
export function ended(library: Library, jobId: number): Promise<void> {
  return new Promise((resolve) => {
    // A job that waits, for a quota say, is not waited for.
    library.watchJob(jobId, ({ state, failure }) => {
      if (state === 'done' || state === 'failed' || failure !== null) resolve();
    });
  });
}
