import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { counted } from '../../src/counted.ts';
import { filled } from '../../src/http/dashboard/web/client/texts/filled.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What is counted in sentences; a number before one of them goes through `counted`, or reads "1 passages". */
const NOUNS =
  'alerts|attempts|backups|checks|collections|copies|days|documents|files|jobs|lines|members|pages|passages|people|questions|rows|servers|sources|votes|warnings';
const WRITTEN_OUT = new RegExp(
  `(?:\\$\\{(?:[^{}]|\\{[^{}]*\\})+\\}|\\{(?:count|days|documents|questions)\\})\\** (?:\\w+ )?(?:${NOUNS})\\b`,
);
/** Numbers that are never one, what has a text of its own for one, and SQL. */
const FIXED =
  /\$\{(?:DAYS|mostInterruptions|most|QUESTIONS|AT_ONCE|MOST_COPIES|minutes)\}|counted\(|=== 1|questionsCount|SELECT /;

test('one passage is 1 passage, and many are 1,234 passages', () => {
  assert.equal(counted(1, 'passage'), '1 passage');
  assert.equal(counted(0, 'passage'), '0 passages');
  assert.equal(counted(1234, 'passage'), '1,234 passages');
  assert.equal(filled('in {days:day}, {count}', { days: 1, count: 3 }), 'in 1 day, 3');
  assert.equal(filled('in {days:day}', { days: '1,234' }), 'in 1,234 days');
});

test('no text writes a number before a noun that is always many', async () => {
  const found: string[] = [];
  let files = 0;
  for await (const file of glob('{src,commands}/**/*.ts', { cwd: ROOT })) {
    files += 1;
    for (const line of (await readFile(join(ROOT, file), 'utf8')).split('\n')) {
      if (WRITTEN_OUT.test(line) && !FIXED.test(line)) found.push(`${file}: ${line.trim()}`);
    }
  }
  assert.deepEqual(found, []);
  assert.ok(files > 500, `${files} files were read`);
});

test('a moment in the notation of Discord is written only where Discord shows it', async () => {
  const found: string[] = [];
  for await (const file of glob('{src,commands}/**/*.ts', { cwd: ROOT })) {
    if (/^src\/(discord|playground)\/|^commands\//.test(file)) continue;
    if (/`[^`]*<t:\$\{/.test(await readFile(join(ROOT, file), 'utf8'))) found.push(file);
  }
  // An answer's small print: what shows it elsewhere writes the time out.
  assert.deepEqual(found, ['src/knowledge/answer-texts.ts']);
});
