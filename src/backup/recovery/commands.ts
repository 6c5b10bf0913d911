import type { RecoveryFacts, RecoveryPlace } from './model.ts';

/** What the other commands call the backup that is restored; whoever follows the sheet puts its name here. */
export const EXAMPLE_NAME = 'nescordbot_backup_20261121_093005';

export const nameCommand = `NAME=${EXAMPLE_NAME}`;

/** A word that no shell takes apart. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const suffixOf = ({ encryption }: RecoveryFacts): string => (encryption === null ? '.tar.zst' : '.tar.zst.age');

/** Lists what there is. */
export function listCommands(place: RecoveryPlace): string {
  if (place.kind === 'folder') return `ls -1 ${quoted(place.directory)}`;
  if (place.kind === 's3') return `${aws(place)} ls ${quoted(`s3://${place.bucket}/${place.prefix}`)}`;
  return [
    `GIT_LFS_SKIP_SMUDGE=1 git clone --branch ${quoted(place.branch)} ${quoted(place.repository)} bot-data`,
    'ls -1 bot-data/backups',
  ].join('\n');
}

/** Brings the copy `$NAME` into the folder where the shell is. */
export function fetchCommands(facts: RecoveryFacts, place: RecoveryPlace): string {
  const suffix = suffixOf(facts);
  const file = `"$NAME${suffix}"`;
  if (place.kind === 'folder') {
    const from = (what: string) => `${quoted(`${place.directory}/`)}"$NAME"${what}`;
    return [`cp ${from(suffix)} ${from(`${suffix}.sha256`)} .`, `sha256sum -c "$NAME${suffix}.sha256"`].join('\n');
  }
  if (place.kind === 's3') {
    const key = `${quoted(`s3://${place.bucket}/${place.prefix}`)}${file}`;
    return `${aws(place)} cp ${key} .`;
  }
  return [`(cd bot-data && git lfs pull --include "backups/$NAME${suffix}")`, `cp bot-data/backups/${file} .`].join(
    '\n',
  );
}

function aws({ endpoint, region }: Extract<RecoveryPlace, { kind: 's3' }>): string {
  return `aws ${endpoint === null ? '' : `--endpoint-url ${quoted(endpoint)} `}--region ${quoted(region)} s3`;
}

/** `backup-key.txt` has the secret key; with a passphrase, age asks for it. */
export function decryptCommand({ encryption }: RecoveryFacts): string {
  const key = encryption?.kind === 'recipients' ? '-i backup-key.txt ' : '';
  return `age -d ${key}-o "$NAME.tar.zst" "$NAME.tar.zst.age"`;
}

export const unpackCommands = 'mkdir "$NAME"\ntar --zstd -xf "$NAME.tar.zst" -C "$NAME"';

export const lookCommands = `cat "$NAME/manifest.json"\nsqlite3 "$NAME/sqlite/nescordbot.db" 'PRAGMA integrity_check'`;
