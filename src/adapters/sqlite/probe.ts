import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../errors.ts';
import type { VolumeProbe } from '../../health/ports.ts';
import { translateError } from './errors.ts';

/** Writes a test row, reads it back and deletes it, each committed. */
export function createProbe(db: Database): VolumeProbe {
  const write = db.prepare<[string]>(`INSERT INTO settings (scope, key, value) VALUES ('probe', ?, '"written"')`);
  const read = db.prepare<[string], string>("SELECT value FROM settings WHERE scope = 'probe' AND key = ?").pluck();
  const remove = db.prepare("DELETE FROM settings WHERE scope = 'probe'");
  return {
    async probe() {
      const key = randomUUID();
      try {
        write.run(key);
        if (read.get(key) !== '"written"') {
          throw new AppError('damaged', 'The database did not give back what was written. Check the volume it is on.');
        }
        remove.run();
      } catch (error) {
        throw translateError(error);
      }
    },
  };
}
