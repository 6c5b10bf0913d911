import type { Locale } from '../errors.ts';

/** Where a value came from: `environment`, the file `.env`, the platform, what was saved in Discord or through the API. */
export type SettingSource = 'environment' | '.env' | 'railway' | 'saved' | 'default' | 'unset';

/** One variable of the configuration as it is in force, fit to be shown. */
export interface SettingLine {
  readonly name: string;
  /** Secrets are masked; null where nothing is set and there is no default. */
  readonly value: string | null;
  readonly source: SettingSource;
  readonly secret: boolean;
  /** Under which heading it is documented. Those of one group follow each other. */
  readonly group: Readonly<Record<Locale, string>>;
  /** What it is for. */
  readonly about: Readonly<Record<Locale, string>>;
}
