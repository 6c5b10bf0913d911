import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { titleOf } from '../adapters/extract/read.ts';
import type { Library } from '../knowledge/api.ts';
import type { SettingsStore } from '../knowledge/ports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OWN_DOCUMENTS = ['README*.md', 'docs/*.md', 'docs/deployment/*.md'];
const TAUGHT = 'first-lesson';

/** Teaches the playground's server NescordBot's own README and docs, once: what was removed later stays removed. */
export async function teachOwnDocuments(guildId: string, library: Library, settings: SettingsStore): Promise<void> {
  if (settings.setting(guildId, TAUGHT) !== undefined && settings.setting(guildId, TAUGHT) !== null) return;
  const names: string[] = [];
  for await (const name of glob(OWN_DOCUMENTS, { cwd: ROOT })) names.push(name);
  for (const name of names.sort()) {
    const content = await readFile(`${ROOT}/${name}`);
    library.add({ guildId, title: titleOf(content) ?? name, name, content, addedBy: 'system' });
  }
  settings.saveSetting(guildId, TAUGHT, { documents: names.length });
}
