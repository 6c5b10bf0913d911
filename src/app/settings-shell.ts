import { peekSetting } from '../adapters/sqlite/peek.ts';
import { readSchedule } from '../backup/schedule.ts';
import type { Config } from '../config.ts';
import type { SettingLine } from '../health/settings-model.ts';
import { describeSettings } from './settings-report.ts';

/** The same for a shell: a database that is there is looked into, whether a bot runs on it or not. */
export function settingsFromShell(config: Config): SettingLine[] {
  const { schedule } = config.backup;
  const setting = (scope: string, key: string) => peekSetting(config.database.file, scope, key);
  return describeSettings(config, readSchedule({ setting }, schedule));
}
