import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import {
  appendFile,
  chmod,
  chown,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { isAppError } from '../../src/errors.ts';
import { createWriteGate } from '../../src/knowledge/write-gate.ts';
import { ALICE, databaseSource, fileSource, MANUAL, openRoom } from '../support/backup-room.ts';
import { undeletable } from '../support/undeletable.ts';

const SECOND_MS = 1000;
const KEEP_FIVE = { last: 5, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' };
const DAY_MS = 24 * 3_600_000;
const hidden = async (folder: string) =>
  (await readdir(folder)).filter((name) => !name.startsWith('nescordbot_backup_') && !name.endsWith('.lock'));

test('a backup is verified, described, private to its owner, and leaves nothing else behind', async (t) => {
  const room = await openRoom(t);
  const stages = new Set<string>();
  const { entry, retention } = await room.manager.create(
    { kind: 'manual', reason: 'before the event', by: ALICE },
    { onProgress: ({ stage }) => stages.add(stage) },
  );
  assert.equal(entry.name, 'nescordbot_backup_20261121_093005');
  assert.equal(entry.state, 'good');
  const { manifest, verified } = entry.sidecar ?? assert.fail('no sidecar');
  assert.equal(verified?.ok, true);
  assert.equal(manifest.reason, 'before the event');
  assert.deepEqual(
    manifest.files.map(({ path }) => path),
    ['sqlite/nescordbot.db', 'chroma/chroma.sqlite3'],
  );
  assert.equal(manifest.counts.tables['documents'], 0);
  assert.deepEqual(manifest.counts.collections, { test: 3 });
  assert.equal(retention.removed.length, 0);
  assert.deepEqual([...stages], ['checking', 'capturing', 'compressing', 'verifying', 'retention', 'done']);
  assert.deepEqual(await hidden(room.folder), []);
  assert.equal((await stat(room.folder)).mode & 0o777, 0o700);
  for (const file of await readdir(room.folder)) {
    assert.equal((await stat(join(room.folder, file))).mode & 0o777, 0o600, file);
  }
});

test('two backups of one second are told apart, the later one first in the list', async (t) => {
  const room = await openRoom(t, { clock: () => Date.UTC(2026, 10, 21, 9, 30, 5) });
  for (let made = 0; made < 3; made += 1) await room.manager.create(MANUAL);
  const names = (await room.manager.list()).map(({ name }) => name.slice(-8));
  assert.deepEqual(names, ['093005_3', '093005_2', '1_093005']);
});

test('a second backup is told what the first one is doing', async (t) => {
  const gate = createWriteGate();
  const room = await openRoom(t, { gate });
  const leave = await gate.enter();
  const first = room.manager.create(MANUAL);
  await assert.rejects(room.manager.create(MANUAL), (error) => {
    assert.ok(isAppError(error, 'busy'));
    return /A backup is under way/.test(error.message);
  });
  assert.equal(room.manager.running()?.what, 'backup');
  leave();
  await first;
  assert.equal(room.manager.running(), null);
});

test('another process on the same folder is kept out while a job runs', async (t) => {
  const gate = createWriteGate();
  const room = await openRoom(t, { gate });
  const other = await openRoom(t, { folder: room.folder });
  const leave = await gate.enter();
  const started = Promise.withResolvers<void>();
  const first = room.manager.create(MANUAL, { onProgress: () => started.resolve() });
  await started.promise;
  await assert.rejects(other.manager.create(MANUAL), (error) => isAppError(error, 'busy'));
  leave();
  await first;
  await other.manager.create(MANUAL);
});

test('the gate opens once everything is pinned, long before the copy is done, and at once when a source fails', async (t) => {
  const gate = createWriteGate();
  const copied = Promise.withResolvers<void>();
  const slow = fileSource('chroma', 'slow.bin', 'slow');
  const room = await openRoom(t, {
    gate,
    sources: [
      await databaseSource(t),
      {
        ...slow,
        async capture(folder, signal, onPinned) {
          const part = await slow.capture(folder, signal, onPinned);
          await copied.promise;
          return part;
        },
      },
    ],
  });
  const running = room.manager.create(MANUAL);
  while (room.manager.running()?.stage !== 'capturing') await new Promise(setImmediate);
  (await gate.enter())(); // a writer gets in although the copy is not done
  copied.resolve();
  await running;

  const failing = await openRoom(t, {
    gate,
    sources: [await databaseSource(t), { ...slow, capture: () => Promise.reject(new Error('the volume is on fire')) }],
  });
  await assert.rejects(failing.manager.create(MANUAL), /on fire/);
  (await gate.enter())();
  assert.deepEqual(await readdir(failing.folder).then((files) => files.filter((file) => !file.endsWith('.lock'))), []);
});

test('a backup that is cancelled leaves no trace, and the next one works', async (t) => {
  const room = await openRoom(t);
  for (const stop of ['capturing', 'compressing', 'verifying'] as const) {
    const controller = new AbortController();
    const cancelled = room.manager.create(MANUAL, {
      signal: controller.signal,
      onProgress: ({ stage }) => (stage === stop ? controller.abort() : undefined),
    });
    await assert.rejects(cancelled, (error) => isAppError(error, 'aborted'), stop);
    assert.deepEqual((await room.manager.list()).length, 0, stop);
    assert.deepEqual(await hidden(room.folder), [], stop);
  }
  assert.equal((await room.manager.create(MANUAL)).entry.state, 'good');
});

test('without room it refuses before anything is written, and says how much is missing', async (t) => {
  const room = await openRoom(t, { freeBytes: () => Promise.resolve(1_000_000) });
  await assert.rejects(room.manager.create(MANUAL), (error) => {
    assert.ok(isAppError(error, 'limit'));
    return /1 MB are free in .* and 4\.3 MB are needed: 3\.3 MB are missing/.test(error.message);
  });
  assert.deepEqual(await hidden(room.folder), []);
});

test('a database that fails its check is not backed up over the good ones', async (t) => {
  const room = await openRoom(t);
  await room.manager.create(MANUAL);
  const broken = await openRoom(t, {
    folder: room.folder,
    sources: [fileSource('sqlite', 'nescordbot.db', 'this is no database at all, however long it may be')],
  });
  await assert.rejects(broken.manager.create(MANUAL), (error) => isAppError(error, 'damaged'));
  assert.equal((await room.manager.list()).length, 1);
});

test('retention removes the sixth only after the new one is verified, and never the pinned', async (t) => {
  const room = await openRoom(t);
  const first = (await room.manager.create(MANUAL)).entry.name;
  await room.manager.pin(first, true, ALICE);
  for (let made = 0; made < 6; made += 1) {
    room.now += DAY_MS;
    const { retention } = await room.manager.create(MANUAL);
    assert.equal(retention.removed.length, made < 5 ? 0 : 1);
  }
  const left = (await room.manager.list()).map(({ name }) => name);
  assert.equal(left.length, 6);
  assert.ok(left.includes(first));
  assert.equal((await readdir(room.folder)).filter((file) => file.startsWith('nescordbot_')).length, 12);
});

test('a clock that went backwards does not make the newest backup the first to go', async (t) => {
  const room = await openRoom(t);
  for (let made = 0; made < 5; made += 1) {
    room.now += DAY_MS;
    await room.manager.create(MANUAL);
  }
  room.now -= 30 * DAY_MS;
  const { entry } = await room.manager.create(MANUAL);
  assert.ok((await room.manager.list()).some(({ name }) => name === entry.name));
});

test('every kind of damage is listed, found by verifying, and refused by name with the next-best backup', async (t) => {
  const room = await openRoom(t, { rules: { ...KEEP_FIVE, last: 10 } });
  const good = (await room.manager.create(MANUAL)).entry.name;
  const make = async () => {
    room.now += SECOND_MS;
    const { name } = (await room.manager.create(MANUAL)).entry;
    return { name, archive: join(room.folder, `${name}.tar.zst`), sidecar: join(room.folder, `${name}.manifest.json`) };
  };
  const [short, empty, gone, torn, flipped] = [await make(), await make(), await make(), await make(), await make()];
  await truncate(short.archive, 100);
  await truncate(empty.archive, 0);
  await rm(gone.archive);
  await writeFile(torn.sidecar, '{"manifest":');
  const bytes = await readFile(flipped.archive);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  await writeFile(flipped.archive, bytes);

  const states = new Map((await room.manager.list()).map(({ name, state }) => [name, state]));
  for (const { name } of [short, empty, gone, torn]) assert.equal(states.get(name), 'damaged', name);
  assert.equal(states.get(flipped.name), 'good', 'nobody has looked yet');
  const found = await room.manager.verify(flipped.name, { by: ALICE });
  assert.equal(found.state, 'damaged');
  assert.ok((found.problem ?? '').length > 0);
  await assert.rejects(room.source.find(flipped.name), (error) => {
    assert.ok(isAppError(error, 'damaged'));
    return error.message.includes(flipped.name) && error.message.includes(`next-best backup is ${good}`);
  });
  assert.equal(
    (await room.manager.verify(torn.name)).state,
    'good',
    'the archive itself is whole, so its sidecar is made anew',
  );
  const { kept } = await room.manager.cleanup({ dryRun: true });
  assert.ok(kept.some(({ name, reasons }) => name === gone.name && /damaged/.test(JSON.stringify(reasons))));
});

test('whatever lies about under the name of a backup hides no other one, keeps no job waiting, and is left alone', async (t) => {
  const room = await openRoom(t);
  const good = (await room.manager.create(MANUAL)).entry;
  const day = (number: number) => `nescordbot_backup_20260101_00000${number}`;
  const archive = (number: number) => join(room.folder, `${day(number)}.tar.zst`);
  const sidecar = (number: number) => join(room.folder, `${day(number)}.manifest.json`);
  const copies = [4, 5, 6, 7, 8];
  for (const number of copies) await copyFile(join(room.folder, `${good.name}.tar.zst`), archive(number));
  await mkdir(archive(1));
  await symlink(archive(2), archive(2));
  execFileSync('mkfifo', [archive(3), sidecar(4)]);
  await mkdir(sidecar(5));
  await symlink(sidecar(6), sidecar(6));
  assert.ok(good.sidecar !== null);
  const manifest = { ...good.sidecar.manifest, name: day(7) };
  await writeFile(sidecar(7), JSON.stringify({ ...good.sidecar, manifest, safetyUntil: 9e15 }));
  await writeFile(sidecar(8), '['.repeat(1_000_000));
  await mkdir(join(room.folder, `${day(9)}.tar.zst.removed.partial`));
  await writeFile(join(room.folder, `${day(9)}_of_mine.partial`), 'mine');

  const states = (await room.manager.list()).map(({ name, state }) => [name, state]);
  assert.deepEqual(states, [
    [good.name, 'good'],
    ...[8, 7, 6, 5, 4, 3, 2, 1].map((number) => [day(number), 'damaged']),
  ]);
  for (const number of [1, 2, 3, ...copies]) assert.equal((await room.manager.verify(day(number))).state, 'damaged');
  await assert.rejects(room.manager.pin(day(1), true), /is damaged, so it cannot be pinned/);
  for (const number of [1, 5]) await assert.rejects(room.manager.delete(day(number)), /is a folder/);
  for (const number of [2, 3, 4, 6, 7, 8]) await room.manager.delete(day(number));
  room.now += SECOND_MS;
  await room.manager.create(MANUAL);
  const left = (await readdir(room.folder)).filter((file) => file.startsWith('nescordbot_backup_20260101')).sort();
  assert.deepEqual(left, [
    `${day(1)}.tar.zst`,
    `${day(5)}.manifest.json`,
    `${day(5)}.tar.zst`,
    `${day(9)}.tar.zst.removed.partial`,
    `${day(9)}_of_mine.partial`,
  ]);
});

test(
  'more backups than a process may have files open are listed all the same',
  { skip: process.platform === 'win32' },
  async (t) => {
    const room = await openRoom(t);
    const { entry } = await room.manager.create(MANUAL);
    const sidecar = JSON.stringify(entry.sidecar);
    for (let number = 0; number < 400; number += 1) {
      const name = `nescordbot_backup_20260101_0000${String(number % 60).padStart(2, '0')}_${number + 2}`;
      await writeFile(join(room.folder, `${name}.tar.zst`), '');
      await writeFile(join(room.folder, `${name}.manifest.json`), sidecar.replaceAll(entry.name, name));
      await truncate(join(room.folder, `${name}.tar.zst`), entry.sizeBytes);
    }
    const script = `
    import { openCatalogue } from ${JSON.stringify(new URL('../../src/backup/catalogue.ts', import.meta.url))};
    const catalogue = await openCatalogue(${JSON.stringify(room.folder)}, { createIfMissing: false, own: () => null });
    console.log((await catalogue.list()).filter(({ state }) => state === 'good').length);`;
    const args = ['-c', 'ulimit -n 200; exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script];
    assert.equal(execFileSync('sh', args, { encoding: 'utf8' }).trim(), '401');
  },
);

test('whatever takes the place of the lock file is said in words, and nothing is written', async (t) => {
  const room = await openRoom(t);
  const file = join(room.folder, '.nescordbot-backup.lock');
  await writeFile(file, 'no database '.repeat(1000));
  await assert.rejects(
    room.manager.create(MANUAL),
    (error) => isAppError(error, 'config') && error.message.includes(file),
  );
  await rm(file);
  await mkdir(file);
  await assert.rejects(
    room.manager.create(MANUAL),
    (error) => isAppError(error, 'config') && error.message.includes(file),
  );
  assert.deepEqual(await readdir(room.folder), ['.nescordbot-backup.lock']);
});

test('an archive without a sidecar is unverified until it is verified; another under its name is damaged', async (t) => {
  const room = await openRoom(t);
  const { name } = (await room.manager.create(MANUAL)).entry;
  await rm(join(room.folder, `${name}.manifest.json`));
  assert.equal((await room.manager.show(name)).state, 'unverified');
  await assert.rejects(room.manager.pin(name, true), (error) => isAppError(error, 'conflict'));
  assert.equal((await room.manager.verify(`${name}.tar.zst`)).state, 'good');

  const other = 'nescordbot_backup_20260101_000000';
  await rename(join(room.folder, `${name}.tar.zst`), join(room.folder, `${other}.tar.zst`));
  const entry = await room.manager.verify(other);
  assert.equal(entry.state, 'damaged');
  assert.match(entry.problem ?? '', /under another name/);
});

test('a backup whose removal was interrupted is gone from the list, and all of it from the disk with the next job', async (t) => {
  const room = await openRoom(t);
  const first = (await room.manager.create(MANUAL)).entry.name;
  room.now += SECOND_MS;
  const second = (await room.manager.create(MANUAL)).entry.name;
  const archive = join(room.folder, `${first}.tar.zst`);
  await rename(archive, `${archive}.removed.partial`); // and there the power failed
  const names = async () => (await room.manager.list()).map(({ name }) => name);
  assert.deepEqual(await names(), [second]);
  await assert.rejects(room.manager.show(first), { code: 'not_found' });
  await room.manager.verify(second);
  assert.deepEqual(await names(), [second]);
  assert.equal((await readdir(room.folder)).filter((file) => file.includes(first)).length, 0);
});

test('what is not ours is left alone, what a crash left of ours is cleaned, and names lead nowhere else', async (t) => {
  const room = await openRoom(t);
  await mkdir(join(room.folder, '.work-11111111-2222-3333-4444-555555555555'));
  await writeFile(join(room.folder, 'nescordbot_backup_20260101_000000.tar.zst.partial'), 'half');
  await writeFile(join(room.folder, 'holiday.tar.zst'), 'mine');
  await writeFile(join(room.folder, 'notes.partial'), 'mine');
  await room.manager.create(MANUAL);
  assert.deepEqual((await hidden(room.folder)).sort(), ['holiday.tar.zst', 'notes.partial']);
  assert.equal((await room.manager.list()).length, 1);
  for (const name of ['../holiday', 'holiday', 'nescordbot_backup_20260101_000000/../x', '']) {
    await assert.rejects(room.manager.delete(name), (error) => isAppError(error, 'not_found'), name);
  }
  await assert.rejects(room.manager.show('nescordbot_backup_20200101_000000'), (error) =>
    isAppError(error, 'not_found'),
  );
});

test('what a job left that cannot be deleted keeps none from working', async (t) => {
  const room = await openRoom(t);
  const left = '.work-11111111-2222-3333-4444-555555555555';
  await mkdir(join(room.folder, left));
  undeletable(t, new RegExp(left)).isHeld = true;
  const { entry } = await room.manager.create(MANUAL);
  assert.equal(entry.state, 'good');
  assert.deepEqual(await hidden(room.folder), [left]);
  await room.manager.verify(entry.name);
  assert.equal(room.lines.filter((line) => /cannot be deleted/.test(line) && line.includes(left)).length, 1);
});

test('the pinned and the last verified one are not deleted', async (t) => {
  const room = await openRoom(t);
  const first = (await room.manager.create(MANUAL)).entry.name;
  await assert.rejects(room.manager.delete(first, ALICE), /last verified backup/);
  room.now += SECOND_MS;
  const second = (await room.manager.create(MANUAL)).entry.name;
  await room.manager.pin(first, true, ALICE);
  await assert.rejects(room.manager.delete(first, ALICE), /is pinned/);
  await room.manager.pin(first, false, ALICE);
  await room.manager.delete(first, ALICE);
  assert.deepEqual(
    (await room.manager.list()).map(({ name }) => name),
    [second],
  );
  assert.ok(!room.lines.some((line) => /failed/.test(line)), 'a refusal is explained by its words');
});

test('a backup that is removed while it is being pinned is gone', async (t) => {
  const first = await openRoom(t);
  const { folder, parts } = first;
  const { name } = (await first.manager.create(MANUAL)).entry;
  async function show(shown: string) {
    const entry = await parts.catalogue.show(shown);
    await parts.catalogue.remove(shown);
    return entry;
  }
  const { manager } = await openRoom(t, { folder, catalogue: { ...parts.catalogue, show } });
  await assert.rejects(manager.pin(name, true), (error) => isAppError(error, 'not_found'));
  assert.deepEqual(await manager.list(), [], 'no sidecar comes back, which would be listed as damaged');
});

test('a backup is pinned although a job that begins just then cleans up', async (t) => {
  const { folder, manager, parts } = await openRoom(t);
  const { name } = (await manager.create(MANUAL)).entry;
  for (let pinned = true, count = 0; count < 20; pinned = !pinned, count += 1) {
    const over = new AbortController();
    const pinning = manager.pin(name, pinned).finally(() => over.abort());
    while (!over.signal.aborted && !readdirSync(folder).some((file) => file.endsWith('.partial'))) await turn();
    const cleaning = parts.catalogue.clean();
    assert.equal((await pinning).sidecar?.pinned, pinned);
    assert.deepEqual((await cleaning).removed, []);
  }
});

test('a drill is noted, and what it finds makes the backup a damaged one', async (t) => {
  const problems: string[] = [];
  const seen: string[][] = [];
  const drillRig = {
    async rehearse(folder: string) {
      seen.push(await readdir(folder));
      return problems;
    },
  };
  const room = await openRoom(t, { drillRig });
  const { name } = (await room.manager.create(MANUAL)).entry;
  const drilled = await room.manager.verify(name, { drill: true });
  assert.equal(drilled.sidecar?.drilled?.ok, true);
  assert.deepEqual(seen[0]?.sort(), ['chroma', 'sqlite']);
  problems.push('3 neighbours are missing');
  const failed = await room.manager.verify(name, { drill: true });
  assert.equal(failed.state, 'damaged');
  assert.match(failed.problem ?? '', /3 neighbours are missing/);
});

test('a safety backup is kept for seven days without taking the place of another', async (t) => {
  const room = await openRoom(t);
  const safety = (await room.manager.create({ kind: 'safety', reason: null, by: ALICE })).entry;
  for (let made = 0; made < 6; made += 1) {
    room.now += DAY_MS;
    await room.manager.create(MANUAL);
  }
  const { kept } = await room.manager.cleanup({ dryRun: true });
  assert.equal(kept.length, 6);
  assert.match(
    JSON.stringify(kept.find(({ name }) => name === safety.name)?.reasons),
    /safety backup until 2026-11-28/,
  );
  room.now += 2 * DAY_MS;
  const { removed } = await room.manager.cleanup({ dryRun: false, by: ALICE });
  assert.deepEqual(
    removed.map(({ name }) => name),
    [safety.name],
  );
});

test('a vanished folder is said in words', async (t) => {
  const room = await openRoom(t);
  await rm(room.folder, { recursive: true });
  await assert.rejects(room.manager.create(MANUAL), (error) => isAppError(error, 'unavailable'));
  await assert.rejects(room.manager.list(), (error) => isAppError(error, 'unavailable'));
});

const NOBODY = 65_534;

/** Root may write everywhere: then the work is done as somebody who may not. */
async function asOrdinaryUser(folder: string, work: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return work();
  await chown(folder, NOBODY, NOBODY);
  for (const name of await readdir(folder)) await chown(join(folder, name), NOBODY, NOBODY);
  process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a folder that may only be read is said in words', async (t) => {
  const room = await openRoom(t);
  await room.manager.create(MANUAL);
  await chmod(room.folder, 0o500);
  await asOrdinaryUser(room.folder, () =>
    assert.rejects(room.manager.create(MANUAL), (error) => isAppError(error, 'config')),
  );
  await chmod(room.folder, 0o700);
  assert.equal((await room.manager.list()).length, 1);
});

test('an archive that grew is damaged without being read', async (t) => {
  const room = await openRoom(t);
  const { name } = (await room.manager.create(MANUAL)).entry;
  await appendFile(join(room.folder, `${name}.tar.zst`), 'x');
  assert.match((await room.manager.show(name)).problem ?? '', /bytes instead of/);
});
