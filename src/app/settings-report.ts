import type { Schedule } from '../backup/api.ts';
import type { Config } from '../config.ts';
import { maskAddress, maskSecrets } from '../config/mask.ts';
import { aboutInJapanese } from '../config/variables-ja.ts';
import { variableGroups, variables, type VariableName } from '../config/variables.ts';
import type { SettingLine, SettingSource } from '../health/settings-model.ts';

type Shown = Readonly<Partial<Record<VariableName, { readonly value: string; readonly source: SettingSource }>>>;

/**
 * The whole configuration in force, in the order of the documentation. No secret is in it.
 * @param saved what was changed in Discord or through the API, which goes before the environment; null where nothing was
 */
export function describeSettings(config: Config, saved: Schedule | null): SettingLine[] {
  const derived: Shown = { ...placesOf(config), ...scheduleOf(config, saved) };
  return variableGroups.flatMap(({ title: group, variables: ofGroup }) =>
    (Object.keys(ofGroup) as VariableName[]).map((name) => {
      const { value, source } = inForce(name, config, derived);
      const about = { en: variables[name].about, ja: aboutInJapanese[name] };
      return { name, value, source, secret: 'secret' in variables[name], group, about };
    }),
  );
}

function inForce(name: VariableName, config: Config, derived: Shown): Pick<SettingLine, 'value' | 'source'> {
  const variable = variables[name];
  const given = config.given[name];
  const known = derived[name];
  if (known !== undefined && (given === undefined || known.source === 'saved')) return known;
  if (given === undefined) {
    const value = variable.default === '' ? null : variable.default;
    return { value, source: value === null ? 'unset' : 'default' };
  }
  const value = 'secret' in variable ? maskSecrets(given.text, name) : maskAddress(given.text);
  return { value, source: name.startsWith('RAILWAY_') ? 'railway' : given.from };
}

/** What follows from other variables where these are not set. */
function placesOf({ storage, database, chroma, backup, host }: Config): Shown {
  const source = storage.variable === 'RAILWAY_VOLUME_MOUNT_PATH' ? 'railway' : 'default';
  return {
    DATA_DIR: { value: storage.directory, source },
    DATABASE_URL: { value: database.file, source: 'default' },
    CHROMADB_PERSIST_DIRECTORY: { value: chroma.directory, source: 'default' },
    BACKUP_DIRECTORY: { value: backup.directory, source: 'default' },
    HOST: { value: host, source: 'default' },
  };
}

/** Only what differs was changed by somebody. */
function scheduleOf({ backup: { schedule: configured } }: Config, saved: Schedule | null): Shown {
  if (saved === null) return {};
  const source = 'saved';
  const rule = ({ enabled, rule }: Schedule) => (enabled ? rule : 'off');
  return {
    ...(rule(saved) === rule(configured) ? {} : { BACKUP_SCHEDULE: { value: rule(saved), source } }),
    ...(saved.timeZone === configured.timeZone ? {} : { BACKUP_TIME_ZONE: { value: saved.timeZone, source } }),
    ...(saved.afterChanges === configured.afterChanges
      ? {}
      : { BACKUP_AFTER_CHANGES: { value: String(saved.afterChanges), source } }),
  };
}
