import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { compareDatabases } from '../../src/adapters/sqlite/compare.ts';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { tempFolder } from '../support/temp-store.ts';

const question = (id: number, user: string, at: number) =>
  `INSERT INTO questions (id, guild_id, channel_id, user_id, question, answer, outcome, rung, engine, duration_ms, asked_at)
   VALUES (${id}, '1', 'c', '${user}', 'q', 'a', 'answered', 'full', 'offline', 1, ${at});`;

test('what a restore would change is told of both ways: what goes, what returns, and what turns', (t) => {
  const folder = tempFolder(t);
  const [live, copy] = [join(folder, 'live.db'), join(folder, 'copy.db')];
  openStore({ file: live, timeoutMs: 1000 }).close();
  const write = (file: string, sql: string) => {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  };
  const compared = () => compareDatabases({ copy, live });

  write(
    live,
    question(1, 'ann', 10) +
      question(2, 'bob', 20) +
      `INSERT INTO feedback VALUES (1, 'bob', 'up', 11), (2, 'ann', 'up', 21);`,
  );
  copyFileSync(live, copy);
  const none = { count: 0, titles: [] };
  const nothing = {
    documentsLost: none,
    documentsReturning: none,
    questionsLost: 0,
    questionsReturning: 0,
    votesChanging: 0,
    guildsWithOtherSettings: 0,
    scheduleChanges: false,
  };
  assert.deepEqual(compared(), nothing, 'the same');

  write(live, question(3, 'ann', 30) + question(4, 'bob', 40));
  write(copy, question(3, 'cleo', 30) + question(5, 'ann', 50) + question(6, 'bob', 60));
  assert.deepEqual(
    compared(),
    { ...nothing, questionsLost: 2, questionsReturning: 3 },
    'a number given out twice is two',
  );

  write(live, `INSERT INTO forgotten VALUES ('ann', 55);`);
  assert.equal(compared().questionsReturning, 2, 'of who was forgotten since, nothing returns');

  write(
    live,
    `UPDATE feedback SET vote = 'down' WHERE question_id = 1; INSERT INTO feedback VALUES (2, 'cleo', 'up', 22);`,
  );
  write(copy, `INSERT INTO feedback VALUES (5, 'bob', 'up', 51);`);
  assert.equal(compared().votesChanging, 2, 'one turned, one given since; what goes with its question is not counted');

  write(
    live,
    `INSERT INTO settings VALUES ('global', 'backup-schedule', '{"rule":"every 6h"}'), ('global', 'marker', '1');`,
  );
  assert.equal(compared().scheduleChanges, true);
  write(copy, `INSERT INTO settings VALUES ('global', 'backup-schedule', '{"rule":"every 6h"}');`);
  assert.deepEqual([compared().scheduleChanges, compared().guildsWithOtherSettings], [false, 0]);
});
