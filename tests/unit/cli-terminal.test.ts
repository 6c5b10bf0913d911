import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { BackupEntry } from '../../src/backup/model.ts';
import { entryDetails, entryLine } from '../../src/cli/backup/views.ts';
import { BACKUP_TIME, entryOf } from '../support/fake-backups.ts';
import { createTerminal } from '../../src/cli/terminal.ts';

/** Terminals that show, without a TTY, all that they are given in one place. */
function screen() {
  const out = new PassThrough();
  const stream = out as unknown as NodeJS.WriteStream;
  return { out, terminal: (json = false) => createTerminal({ out: stream, notes: stream }, json) };
}

test("Discord's times are times on a terminal, too, and left alone in JSON", () => {
  const { out, terminal } = screen();
  const text = 'Out of quota until <t:1795334401:t>.';
  terminal().result(text, null);
  terminal(true).result('', { text });
  const [plain, json] = String(out.read()).trim().split('\n');
  assert.match(plain ?? '', /^Out of quota until 2026-11-2\d \d\d:\d\d\.$/);
  assert.equal(json, JSON.stringify({ text }));
});

test('what somebody wrote as a reason neither drives the terminal nor passes for a line of the list', () => {
  const { out, terminal } = screen();
  const entry: BackupEntry = {
    name: 'nescordbot_backup_20261121_093005',
    sizeBytes: 1,
    createdAt: 0,
    state: 'damaged',
    problem: 'gone\n\u001b[2J\u202enescordbot_backup_20261122_000000 · good',
    standing: 'unknown',
    sidecar: null,
  };
  terminal().result(entryLine(entry), null);
  assert.match(
    String(out.read()),
    /^nescordbot_backup_20261121_093005 .* gone \[2Jnescordbot_backup_20261122_000000 · good\n$/,
  );
});

test('a line says where a backup comes from that is not simply one of this bot, and the details which state it is', () => {
  const identity = {
    installationId: '5eed1234-0000-4000-8000-000000000000',
    application: null,
    lineage: [{ id: 'timeline-3', number: 3, cause: 'restore', beganAt: '2026-11-01T00:00:00Z', branchedAt: null }],
    position: { knowledge: 1204, talk: 37 },
  } as const;
  const entry = entryOf(BACKUP_TIME, { standing: 'foreign', identity });
  assert.match(entryLine(entry), / · manual · another installation's \(5eed1234\) · cli · good$/);
  assert.match(entryLine({ ...entry, standing: 'branch' }), / · manual · left behind by a restore · cli · good$/);
  assert.match(entryLine({ ...entry, standing: 'current' }), / · manual · cli · good$/);
  assert.match(
    entryDetails(entry),
    /^timeline 3 \(restore\), position 1204 \(questions and votes 37\), installation 5eed1234-0000-4000-8000-000000000000: this, not the date, decides which backup is the newest$/m,
  );
});

test('without a TTY, progress is a line at every tenth, and reads as a sentence', () => {
  const { out, terminal } = screen();
  const line = terminal().progress('Backing up');
  line.update(1.5, 3, 'MB · compressing');
  line.update(1.51, 3, 'MB · compressing');
  assert.equal(String(out.read()), 'Backing up 50 % · 1.5 of 3 MB · compressing\n');
});
