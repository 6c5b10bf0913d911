import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Sidecar } from '../../src/backup/model.ts';
import { compress, hostileTar, tarZst } from '../support/archives.ts';
import { MANUAL, openRoom, type TestRoom } from '../support/backup-room.ts';
import { seeded } from '../support/seeded.ts';
import { tempFolder } from '../support/temp-store.ts';

const flips = 60;
const truncations = 20;
const job = { signal: new AbortController().signal, report: () => undefined };

/** As a restore unpacks it, or as the preview of one does. */
async function unpack({ source }: TestRoom, stage: string, name: string, previews: boolean): Promise<void> {
  mkdirSync(stage);
  const found = await source.find(name);
  const work = ({ file, manifest }: typeof found) => tarZst.extract(file, stage, manifest.files);
  await (previews ? source.asWritten(found, work) : source.whole(found, job, work));
}

/** Two good backups; the newer one is spoilt, and a restore asked for, as often as wanted. */
async function openSpoilt(t: TestContext) {
  const room = await openRoom(t);
  const stages = tempFolder(t);
  let trials = 0;
  const nextBest = (await room.manager.create(MANUAL)).entry.name;
  room.now += 1_000;
  const { name } = (await room.manager.create(MANUAL)).entry;
  const [archive, sidecar] = ['.tar.zst', '.manifest.json'].map((end) => join(room.folder, name + end));
  assert.ok(archive !== undefined && sidecar !== undefined);
  const [whole, known] = [readFileSync(archive), readFileSync(sidecar, 'utf8')];

  /** The restore is refused in words that name the file and the next-best backup. */
  async function assertRefused(bytes: Uint8Array, what: string, told: string | null = known): Promise<void> {
    for (const previews of [true, false]) {
      writeFileSync(archive ?? '', bytes);
      if (told === null) rmSync(sidecar ?? '', { force: true });
      else writeFileSync(sidecar ?? '', told);
      await assert.rejects(
        unpack(room, join(stages, `${(trials += 1)}`), name, previews),
        { code: 'damaged', message: new RegExp(`${name} is damaged \\(.+next-best backup is ${nextBest}`, 's') },
        what,
      );
    }
    const listed = await room.manager.list();
    assert.equal(listed.find((entry) => entry.name === nextBest)?.state, 'good');
    assert.notEqual(listed.find((entry) => entry.name === name)?.state, 'good', what);
    assert.deepEqual(
      readdirSync(room.folder).filter((one) => /work|partial/.test(one)),
      [],
    );
  }
  const other = readFileSync(join(room.folder, `${nextBest}.tar.zst`));
  return { whole, other, known: JSON.parse(known) as Sidecar, assertRefused };
}

test('a restore of an archive in which a bit was turned, or whose end is missing, is refused with the next-best one', async (t) => {
  const { whole, assertRefused } = await openSpoilt(t);
  const next = seeded(20_261_121);
  for (let trial = 0; trial < flips; trial += 1) {
    const bytes = Buffer.from(whole);
    const bit = Math.floor(next() * whole.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await assertRefused(bytes, `bit ${bit}`);
  }
  for (let trial = 0; trial < truncations; trial += 1) {
    const length = Math.floor(next() * whole.length);
    await assertRefused(whole.subarray(0, length), `${length} of ${whole.length} bytes`);
  }
  t.diagnostic(`${flips} flips and ${truncations} truncations: as many restores refused`);
});

test('a restore of what somebody put in the place of an archive is refused, even when its sidecar vouches for it', async (t) => {
  const { known, other, assertRefused } = await openSpoilt(t);
  const file = { name: 'sqlite/nescordbot.db', content: 'a' };
  const manifest = { name: 'manifest.json', content: JSON.stringify(known.manifest) };
  const hostile: Readonly<Record<string, Buffer>> = {
    'nothing at all': Buffer.alloc(0),
    'no archive': Buffer.from('These are notes and no archive. '.repeat(100)),
    'a path that climbs': compress(await hostileTar([{ ...file, name: '../evil' }, manifest])),
    'an absolute path': compress(await hostileTar([{ ...file, name: '/etc/evil' }, manifest])),
    'a link': compress(await hostileTar([{ name: 'sqlite/x', type: 'symlink', linkname: '/etc/passwd' }, manifest])),
    'the same file twice': compress(await hostileTar([file, file, manifest])),
    'a manifest of other files': compress(await hostileTar([file, manifest])),
    'another backup, renamed': other,
    'no manifest': compress(await hostileTar([file])),
    'a manifest that is none': compress(await hostileTar([file, { ...manifest, content: '{"format":1}' }])),
  };
  for (const [what, bytes] of Object.entries(hostile)) {
    await assertRefused(bytes, what);
    const archive = { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    await assertRefused(bytes, `${what}, vouched for`, JSON.stringify({ ...known, archive }));
    await assertRefused(bytes, `${what}, without a sidecar`, null);
  }
  t.diagnostic(`${Object.keys(hostile).length} hostile archives, each in three guises: all refused`);
});
