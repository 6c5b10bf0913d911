import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { DataSet } from './data-set.ts';
import { parseSquad } from './squad.ts';
import { parseTrec } from './trec.ts';

/**
 * Every data set in a folder, by what its files contain: JSON with `data[].paragraphs[].qas[]` is SQuAD's form, a file
 * with `<doc>` and `<docno>`, one with `<top>` and one of four columns together are TREC's.
 * @throws Error that says what is missing, when nothing in the folder can be read as a set
 */
export function loadSets(folder: string): DataSet[] {
  const name = basename(resolve(folder));
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(?:readme|license)/iu.test(entry.name))
    .map((entry) => ({ name: entry.name, text: readFileSync(join(folder, entry.name), 'utf8') }));
  const squads = files.filter((file) => /\.jsonl?$/iu.test(file.name) && file.text.includes('"paragraphs"'));
  const sets = squads.map((file) => parseSquad(squads.length > 1 ? `${name}/${file.name}` : name, file.text));
  const trec = {
    documents: textOf(files.filter(({ text }) => /<docno>/iu.test(text))),
    topics: textOf(files.filter(({ text }) => /<top>/iu.test(text))),
    judgements: textOf(
      files.filter(({ text }) => /^\s*\S+[ \t]+\S+[ \t]+\S+[ \t]+-?\d+\s*$/mu.test(text.slice(0, 400))),
    ),
  };
  const missing = Object.entries(trec).filter(([, text]) => text === '');
  if (missing.length === 0) sets.push(parseTrec(name, trec));
  else if (sets.length === 0) {
    const parts = missing.map(([part]) => part).join(' and no ');
    throw new Error(
      `${folder} has no data set: no JSON in SQuAD's form (data[].paragraphs[].qas[]), and for TREC's form no ${parts} ` +
        '(documents: <doc><docno>…, topics: <top><num>…<title>…, judgements: lines of topic, iteration, docno, relevance).',
    );
  }
  for (const set of sets) {
    if (set.queries.length === 0) throw new Error(`${set.name} in ${folder} has no question with a relevant passage.`);
  }
  return sets;
}

function textOf(files: readonly { readonly text: string }[]): string {
  return files.map(({ text }) => text).join('\n');
}
