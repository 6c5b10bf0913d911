import type { StoredCopy } from '../../backup/vault-ports.ts';
import { FOLDER, type Tip } from './tree.ts';

const OURS = '<!-- Written by NescordBot: changes are overwritten by the next backup. -->';

/** What makes the folder a place for large files, and tells a visitor what is in it. Files of others are left alone. */
export function pagesFor(tip: Tip, copies: readonly StoredCopy[]): ReadonlyMap<string, string> {
  const readme = tip.text('README.md');
  const isOurs = readme === null ? !tip.entries.has('README.md') : readme.startsWith(OURS);
  return new Map([...attributes(tip), [isOurs ? 'README.md' : `${FOLDER}/README.md`, index(copies)]]);
}

const attributeLines = (prefix: string): string =>
  ['*.tar.zst', '*.tar.zst.age'].map((form) => `${prefix}${form} filter=lfs diff=lfs merge=lfs -text\n`).join('');

function attributes(tip: Tip): [string, string][] {
  const lines = attributeLines(`${FOLDER}/`);
  if (!tip.entries.has('.gitattributes')) return [['.gitattributes', lines]];
  if (tip.text('.gitattributes')?.includes(lines) === true) return [];
  return [[`${FOLDER}/.gitattributes`, attributeLines('')]];
}

function index(copies: readonly StoredCopy[]): string {
  const rows = copies.map(({ fileName, sizeBytes, sha256 }) => {
    const [, date, time] = /_(\d{8})_(\d{6})/.exec(fileName) ?? [];
    const made = `${date?.replace(/(....)(..)(..)/, '$1-$2-$3')} ${time?.replace(/(..)(..)(..)/, '$1:$2:$3')}`;
    return `| [${fileName}](${FOLDER}/${fileName}) | ${made} | ${(sizeBytes / 1e6).toFixed(1)} MB | \`${sha256}\` |`;
  });
  return `${OURS}

# Backups of NescordBot

${rows.length === 0 ? 'There is none at present.' : `${rows.length} at present, newest first. Times are in UTC.`}

| archive | made at | size | SHA-256 |
| --- | --- | --- | --- |
${rows.join('\n')}

## To restore one

NescordBot restores from here by itself: \`/restore\` in Discord, or start it on an empty volume.

By hand: \`GIT_LFS_SKIP_SMUDGE=1 git clone\` this repository, then \`git lfs pull --include "${FOLDER}/NAME*"\`, and copy the
archive and its \`.manifest.json\` into the bot's folder of backups. A name that ends in \`.age\` is encrypted:
\`age -d -o NAME.tar.zst NAME.tar.zst.age\`.

Deleted archives go on counting in this account's Git LFS storage until the repository is deleted.
`;
}
