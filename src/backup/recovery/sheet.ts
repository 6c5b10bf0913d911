import { wordsIn, type Locale } from '../../errors.ts';
import { decryptCommand, fetchCommands, listCommands, lookCommands, nameCommand, unpackCommands } from './commands.ts';
import type { RecoveryEncryption, RecoveryFacts, RecoveryPlace } from './model.ts';
import { sheetWords as words } from './words.ts';

/** Everything that a restore takes, with NescordBot or without, in Markdown, to be printed and kept elsewhere. */
export function recoverySheet(facts: RecoveryFacts, locale: Locale): string {
  const say = (of: Readonly<Record<Locale, string>>): string => wordsIn(locale, of);
  const block = (commands: string): string => `\`\`\`sh\n${commands}\n\`\`\``;
  const { encryption, places, settings, secretNames, version, madeAt, cliCommand, backupFolder } = facts;

  const place = (one: RecoveryPlace): string[] => [
    `### ${placeName(one)}`,
    ...(one.kind === 'folder' ? [] : [say(words.tools[one.kind])]),
    block(listCommands(one)),
    say(words.choose),
    block(nameCommand),
    block(fetchCommands(facts, one)),
  ];

  const secret = (found: RecoveryEncryption): string[] => {
    if (found.secrets !== null && found.secrets.length > 0) {
      return [say(words.secretsFollow[found.kind]), `\`\`\`text\n${found.secrets.join('\n')}\n\`\`\``];
    }
    return [say(words.secretsElsewhere[found.kind]), '____________________________________________________________'];
  };

  const automatic = (): string[] => [
    `## ${say(words.automatic)}`,
    say(words.newMachine),
    `\`\`\`text\n${[...settings, 'RESTORE_ON_EMPTY=true'].join('\n')}\n\`\`\``,
    secretNames.length === 0 ? '' : say(words.secrets(secretNames.map((name) => `\`${name}\``).join(', '))),
  ];

  const sections = [
    `# ${say(words.title)}`,
    say(words.made(version, madeAt)),
    ...(places.length === 0 ? [] : automatic()),
    `## ${say(words.byHand)}`,
    ...(places.length === 0 ? [say(words.noPlace(backupFolder))] : places.flatMap(place)),
    ...(encryption === null
      ? [say(words.notEncrypted)]
      : [
          `### ${say(words.decrypt)}`,
          say(words.decryptHow[encryption.kind]),
          ...encryption.recipients.map((recipient) => `- \`${recipient}\``),
          ...secret(encryption),
          block(decryptCommand(facts)),
        ]),
    `### ${say(words.unpack)}`,
    block(unpackCommands),
    say(words.inside),
    block(lookCommands),
    `### ${say(words.withBot)}`,
    say(words.intoFolder(backupFolder, encryption !== null)),
    block(`${cliCommand} backup restore "$NAME"`),
    say(words.otherwise),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function placeName(place: RecoveryPlace): string {
  if (place.kind === 'folder') return place.directory;
  if (place.kind === 'github') return `${place.repository} (${place.branch})`;
  return `s3://${place.bucket}/${place.prefix}${place.endpoint === null ? '' : ` (${place.endpoint})`}`;
}
