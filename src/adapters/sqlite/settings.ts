import type { Database } from 'better-sqlite3';
import type { SettingsStore } from '../../knowledge/store-ports.ts';

export function createSettings(db: Database): SettingsStore {
  const find = db.prepare<[string, string], string>('SELECT value FROM settings WHERE scope = ? AND key = ?').pluck();
  const save = db.prepare<[string, string, string]>(
    'INSERT INTO settings (scope, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare<[string, string]>('DELETE FROM settings WHERE scope = ? AND key = ?');
  return {
    /** Undefined when it was never saved. */
    setting(scope, key) {
      const value = find.get(scope, key);
      return value === undefined ? undefined : (JSON.parse(value) as unknown);
    },
    /** Saving undefined forgets the setting. */
    saveSetting(scope, key, value) {
      if (value === undefined) remove.run(scope, key);
      else save.run(scope, key, JSON.stringify(value));
    },
  };
}
