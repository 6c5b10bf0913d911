import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createAuditLog } from '../../src/app/audit-log.ts';
import type { AuditTrail } from '../../src/health/audit-model.ts';
import { recordingLog } from '../support/fake-discord.ts';
import { scriptedRecords } from '../support/fake-records.ts';
import { tempFolder } from '../support/temp-store.ts';

const trails: Record<string, (t: TestContext) => AuditTrail> = {
  'the records in a file'(t) {
    const { log } = recordingLog();
    const options = { redact: (text: string) => text, log, clock: () => 1_700_000_000_001 };
    const trail = createAuditLog({ ...options, databaseFile: join(tempFolder(t), 'bot.db') });
    t.after(() => trail[Symbol.asyncDispose]());
    trail.record({ action: 'backup', outcome: 'failed', by: 'cli', detail: 'The disk is full.' }, 'cli');
    trail.record({ action: 'restore', outcome: 'denied', by: '100000000000000001', guild: 'g' }, 'discord');
    trail.record({ action: 'schedule stop', outcome: 'done', by: 'dashboard:ops' }, 'dashboard');
    return trail;
  },
  'the records that tests script': () => scriptedRecords.trail,
};

for (const [name, open] of Object.entries(trails)) {
  test(`${name}: pages are newest first and join to the whole, which somebody's own are of`, async (t) => {
    const trail = open(t);
    const { records, next } = await trail.page({ before: null, limit: 2 });
    assert.deepEqual(records.map(({ action }) => action), ['schedule stop', 'restore']); // prettier-ignore
    assert.equal(next, records[1]?.at);
    const rest = await trail.page({ before: next, limit: 2 });
    assert.deepEqual([rest.records.map(({ detail }) => detail), rest.next], [['The disk is full.'], null]);
    assert.ok((records[0]?.at ?? 0) > (records[1]?.at ?? 0));
    assert.deepEqual((await trail.by('100000000000000001')).map(({ outcome }) => outcome), ['denied']); // prettier-ignore
  });
}
