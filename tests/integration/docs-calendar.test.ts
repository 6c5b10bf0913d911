import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validate } from 'node-cron';
import { createProgram } from '../../src/cli/program.ts';
import { parseConfig } from '../../src/config.ts';
import { blocksOf, documents } from '../support/doc-blocks.ts';

const LINE = /^(\S+ \S+ \S+ \S+ \S+) cd \/srv\/nescordbot && npm run --silent cli -- (.+)$/;

test('the crontab and the calendar that the documents show are accepted by cron, the shell and the configuration', async () => {
  const pages = (await documents()).filter(({ file }) => file.includes('backup-and-restore'));
  const made: string[][] = [];
  const nobody = () => Promise.reject(new Error('not this one'));
  for (const page of pages) {
    const lines = blocksOf(page).flatMap(({ language, lines: all }) => (language === 'crontab' ? all : []));
    assert.equal(lines.length, 3, page.file);
    for (const line of lines) {
      const [, when = '', command = ''] = LINE.exec(line) ?? [];
      assert.ok(validate(when), line);
      const program = createProgram('cli', {
        withBackups: async (options) => void made.push(Object.keys(options)),
        withShell: nobody,
        withDoctor: nobody,
        withSettings: nobody,
        withRecovery: nobody,
        withAlerts: nobody,
        withClock: nobody,
      });
      await program.parseAsync(command.split(' '), { from: 'user' });
    }
    const settings = [...page.text.matchAll(/`(BACKUP_(?:SCHEDULE|KEEP_\w+))=([^`]+)`/g)];
    const names = new Set(settings.map(([, name]) => name));
    for (const name of ['BACKUP_KEEP_DAILY', 'BACKUP_KEEP_WEEKLY', 'BACKUP_KEEP_MONTHLY', 'BACKUP_SCHEDULE'])
      assert.ok(names.has(name), `${name} in ${page.file}`);
    parseConfig(Object.fromEntries(settings.map(([, name, value]) => [name, value])));
  }
  assert.deepEqual(made.slice(0, 3), [['reason'], ['reason', 'pin'], ['reason', 'pin']]);
});
