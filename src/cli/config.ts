import { Command } from 'commander';
import type { SettingLine } from '../health/settings-model.ts';
import type { Terminal } from './terminal.ts';

/** Reads the configuration, shows it, and changes nothing. */
export type WithSettings = (
  options: { readonly json?: boolean },
  work: (settings: readonly SettingLine[], terminal: Terminal) => void,
) => Promise<void>;

export function configCommand(withSettings: WithSettings): Command {
  return new Command('config')
    .description('Show the whole configuration in force, with secrets masked, and where each value came from.')
    .option('--json', 'the result as JSON on standard output')
    .exitOverride()
    .showHelpAfterError()
    .action((options: { json?: boolean }) => withSettings(options, showSettings));
}

const SOURCES: Readonly<Record<SettingLine['source'], string>> = {
  environment: 'environment',
  '.env': '.env',
  railway: 'Railway',
  saved: 'changed in Discord or through the API',
  default: 'default',
  unset: 'not set',
};

export function showSettings(settings: readonly SettingLine[], terminal: Terminal): void {
  const width = Math.max(...settings.map(({ name }) => name.length));
  const lines = settings.flatMap(({ name, value, source, group, about }, at) => {
    const line =
      value === null
        ? `${name.padEnd(width)}  –  (${SOURCES[source]}) ${about.en}`
        : `${name.padEnd(width)}  ${value}  (${SOURCES[source]})`;
    if (group.en === settings[at - 1]?.group.en) return [line];
    return [...(at === 0 ? [] : ['']), `# ${group.en}`, line];
  });
  terminal.result(lines.join('\n'), settings);
}
