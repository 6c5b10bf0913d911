import type { RmOptions } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import type { TestContext } from 'node:test';

/** Paths like this cannot be deleted while `isHeld`, as if they were somebody else's. */
export function undeletable(t: TestContext, paths: RegExp): { isHeld: boolean } {
  const remove = files.rm;
  const state = { isHeld: false };
  const held = () => Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
  t.mock.method(files, 'rm', (path: string, options: RmOptions) =>
    state.isHeld && paths.test(path) ? held() : remove(path, options),
  );
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return state;
}
