import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { nextToRead } from '../../../src/backup/offsite/read-back.ts';
import { parseLedger } from '../../../src/backup/offsite/ledger-format.ts';
import { emptyLedger, type CopyRecord } from '../../../src/backup/offsite/model.ts';
import { formatName } from '../../../src/backup/name.ts';
import { wordsIn } from '../../../src/errors.ts';
import { createMemoryPlace, createMemoryVault, type MemoryPlace } from '../../support/memory-vault.ts';
import { DAY_MS, HOUR_MS, openOffSiteStage, START, type OffSiteStage } from '../../support/off-site-stage.ts';

/** Each planted backup has so many bytes. */
const SIZE = 20_000;
const reads = ({ calls }: MemoryPlace) => calls.filter((call) => call.startsWith('read ')).map((call) => call.slice(5));
const said = ({ alerts }: OffSiteStage) =>
  [...alerts.open(), ...alerts.recent()].filter(({ key }) => key?.endsWith(':rotten') === true);

function flip(place: MemoryPlace, file: string): void {
  const bytes = Buffer.from(place.files.get(file) ?? Buffer.alloc(0));
  assert.ok(bytes.length > 9_000, file);
  bytes.writeUInt8(bytes.readUInt8(9_000) ^ 4, 9_000);
  place.files.set(file, bytes);
}

async function openOne(t: TestContext, { count = 1, readBackBytesPerDay = 10 * SIZE } = {}) {
  const place = createMemoryPlace();
  const stage = await openOffSiteStage(t, {
    vaults: [{ vault: createMemoryVault(place), keep: 9 }],
    readBackBytesPerDay,
  });
  const names: string[] = [];
  for (let age = 1; age <= count; age += 1) names.push(await stage.plant(START - age * HOUR_MS));
  await stage.offSite.sync();
  place.calls.length = 0;
  return { place, stage, names };
}

test('a copy in which one bit has flipped raises an alarm, is no cover any more and is sent again from here', async (t) => {
  const { place, stage, names } = await openOne(t);
  const [name = ''] = names;
  flip(place, `${name}.tar.zst`);
  stage.offSite.begin();
  await stage.pass(8 * DAY_MS);
  const [alarm] = said(stage);
  assert.ok(alarm !== undefined);
  assert.equal(alarm.severity, 'critical');
  assert.match(
    wordsIn('en', alarm.words),
    new RegExp(
      `memory s3 have rotted.*${name}.*last read back whole at 2026-11-21 09:00 UTC.*sent again from this machine`,
    ),
  );
  assert.match(
    wordsIn('ja', alarm.words),
    new RegExp(`memory s3 .*壊れて.*${name}.*2026-11-21 09:00.*このマシンから送り直します`),
  );
  assert.deepEqual(place.files.get(`${name}.tar.zst`), readFileSync(stage.catalogue.archiveFile(name)));
  assert.deepEqual((await stage.offSite.vaults())[0]?.verified, [name]);
  assert.deepEqual(stage.alerts.open(), [], 'it is over once a whole one is there');
});

test('copies of another bot are not read back: they take nothing of the budget, and are shown as they are', async (t) => {
  const { place, stage, names } = await openOne(t);
  const [own = ''] = names;
  const theirs = Array.from({ length: 12 }, (_, age) => formatName(START - (100 + age) * HOUR_MS));
  const note = JSON.parse(place.files.get(`${own}.manifest.json`)?.toString() ?? '') as { identity: object };
  for (const name of theirs) {
    const identity = { ...note.identity, installationId: 'another-installation' };
    place.files.set(`${name}.manifest.json`, Buffer.from(JSON.stringify({ ...note, name, identity })));
    place.files.set(`${name}.tar.zst`, place.files.get(`${own}.tar.zst`) ?? Buffer.alloc(0));
  }
  stage.offSite.begin();
  await stage.pass(8 * DAY_MS);
  assert.deepEqual([...new Set(reads(place))], [own]);
  const [view] = await stage.offSite.vaults();
  assert.deepEqual(view?.verified, [own]);
  assert.deepEqual(view.others, theirs);
});

test('where another vault has it whole, the rotten copy is replaced from there when it is gone here', async (t) => {
  const [near, far] = [createMemoryPlace(), createMemoryPlace()];
  const stage = await openOffSiteStage(t, {
    vaults: [
      { vault: createMemoryVault(near, { name: 'folder' }), keep: 9 },
      { vault: createMemoryVault(far), keep: 9 },
    ],
    readBackBytesPerDay: 10 * SIZE,
  });
  const name = await stage.plant(START - HOUR_MS);
  await stage.plant(START - 2 * HOUR_MS);
  await stage.offSite.sync();
  await stage.catalogue.remove(name);
  const whole = near.files.get(`${name}.tar.zst`);
  flip(far, `${name}.tar.zst`);
  stage.offSite.begin();
  await stage.pass(8 * DAY_MS);
  assert.match(
    said(stage)
      .map(({ words }) => wordsIn('en', words))
      .join(),
    /vault:|memory s3 have rotted.*sent again from memory folder/,
  );
  assert.deepEqual(far.files.get(`${name}.tar.zst`), whole);
  const states = (await stage.offSite.copies()).get(name)?.map(({ vault, state }) => `${vault} ${state}`);
  assert.deepEqual(states, ['folder verified', 's3 verified']);
});

test('what has rotted everywhere stays an alarm, covers nothing, and is told apart in every list', async (t) => {
  const { place, stage, names } = await openOne(t, { count: 2 });
  const [name = '', older = ''] = names;
  await stage.catalogue.remove(name);
  flip(place, `${name}.tar.zst`);
  stage.offSite.begin();
  await stage.pass(8 * DAY_MS);
  assert.match(
    stage.alerts
      .open()
      .map(({ words }) => wordsIn('en', words))
      .join(),
    /no whole copy to put in its place.*Make a backup now/,
  );
  const [vault] = await stage.offSite.vaults();
  assert.deepEqual(vault?.verified, [older]);
  assert.deepEqual(
    vault?.rotten.map((one) => [one.name, one.wholeAt, one.replacedFrom]),
    [[name, START, null]],
  );
  const [remote] = await stage.offSite.elsewhere();
  assert.deepEqual(
    remote?.copies.map(({ state }) => state),
    ['rotten'],
  );
  await assert.rejects(stage.offSite.fetch(name), /is not what was stored/);
  await stage.restart();
  assert.deepEqual((await stage.offSite.vaults())[0]?.rotten.length, 1, 'a restart does not forget it');
});

test('a copy that has no bytes or other ones by its listing is rotten at once, without a budget', async (t) => {
  for (const spoil of ['shorter', 'another hash'] as const) {
    const { place, stage, names } = await openOne(t, { readBackBytesPerDay: 0 });
    const [name = ''] = names;
    if (spoil === 'shorter') place.files.set(`${name}.tar.zst`, Buffer.alloc(SIZE - 1));
    else place.files.set(`${name}.tar.zst.sha256`, Buffer.from('ab'.repeat(32)));
    await stage.offSite.look();
    assert.equal(said(stage).length, 1, spoil);
    assert.deepEqual((await stage.offSite.vaults())[0]?.verified, [], spoil);
  }
});

test('copies are read back newest first, as far as the budget of the day goes, and a restart goes on', async (t) => {
  const { place, stage, names } = await openOne(t, { count: 4, readBackBytesPerDay: SIZE });
  stage.now += 7 * DAY_MS;
  await stage.offSite.sync();
  assert.deepEqual(reads(place), names.slice(0, 1), 'one day, one copy');
  await stage.offSite.sync();
  assert.equal(reads(place).length, 1, 'asking again does not make it more');
  for (let day = 0; day < 3; day += 1) {
    await stage.restart();
    stage.now += DAY_MS;
    await stage.offSite.sync();
  }
  assert.deepEqual(reads(place), names);
  const times = [...(await stage.offSite.copies()).values()].map(([copy]) => copy?.readAt);
  assert.deepEqual(
    times.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    [7, 8, 9, 10].map((days) => START + days * DAY_MS),
  );
  stage.now += DAY_MS;
  await stage.offSite.sync();
  assert.equal(reads(place).length, 4, 'a week after the round began there is another');
  stage.now += 4 * DAY_MS;
  await stage.offSite.sync();
  assert.deepEqual(reads(place).slice(4), names.slice(0, 1));
});

test('a copy larger than the budget of a day is saved up for', async (t) => {
  const { place, stage, names } = await openOne(t, { readBackBytesPerDay: SIZE / 4 });
  stage.now += 7 * DAY_MS;
  for (let day = 0; day < 2; day += 1) {
    await stage.offSite.sync();
    stage.now += DAY_MS;
  }
  assert.deepEqual(reads(place), []);
  await stage.offSite.sync();
  assert.deepEqual(reads(place), names);
});

test('with a budget of 0 nothing is read back, and the vault says so', async (t) => {
  const { place, stage } = await openOne(t, { readBackBytesPerDay: 0 });
  stage.now += 30 * DAY_MS;
  await stage.offSite.sync();
  assert.deepEqual(reads(place), []);
  assert.equal((await stage.offSite.vaults())[0]?.readBack, null);
});

test('copies of which nothing is remembered are read back too, and count again', async (t) => {
  const { place, stage, names } = await openOne(t);
  const [name = ''] = names;
  await stage.plant(START - 5 * HOUR_MS);
  await stage.catalogue.remove(name);
  const far = await openOffSiteStage(t, {
    vaults: [{ vault: createMemoryVault(place), keep: 9 }],
    readBackBytesPerDay: 10 * SIZE,
  });
  await far.offSite.sync();
  assert.deepEqual((await far.offSite.vaults())[0]?.verified, [name]);
});

test('where one backup is there in two forms, the whole one counts and comes back', async (t) => {
  const { place, stage, names } = await openOne(t);
  const [name = ''] = names;
  const original = readFileSync(stage.catalogue.archiveFile(name));
  await stage.catalogue.remove(name);
  place.files.set(`${name}.tar.zst.age`, Buffer.from('an upload by hand that broke off'));
  await stage.offSite.look();
  assert.deepEqual((await stage.offSite.vaults())[0]?.verified, [name]);
  await stage.offSite.fetch(name);
  assert.deepEqual(readFileSync(stage.catalogue.archiveFile(name)), original);
});

test('a clock that jumps neither stops the rounds nor buys more than one day', () => {
  const [name, older] = [formatName(START), formatName(START - DAY_MS)];
  const copy = (readAt: number): CopyRecord => ({
    state: 'verified',
    at: readAt,
    readAt,
    fileName: 'x',
    sizeBytes: SIZE,
    sha256: null,
    facts: null,
  });
  const ledger = {
    ...emptyLedger('x'),
    copies: { [name]: copy(START), [older]: copy(START) },
    readBack: { startedAt: START, last: null, creditBytes: 0, creditedAt: START },
  };
  const ahead = nextToRead(ledger, SIZE, START + 400 * DAY_MS);
  assert.deepEqual([ahead.name, ahead.state.creditBytes], [name, 0]);
  const jumped = {
    ...ledger,
    copies: { [name]: copy(START + 400 * DAY_MS), [older]: copy(START) },
    readBack: ahead.state,
  };
  const back = nextToRead(jumped, SIZE, START + DAY_MS);
  assert.equal(back.name, null, 'no credit for a time that goes backwards');
  assert.equal(nextToRead({ ...jumped, readBack: back.state }, SIZE, START + 2 * DAY_MS).name, older);
});

test('a ledger of before copies were read back again is taken over', () => {
  const { readBack: _unknown, ...ledger } = emptyLedger('x');
  const record = { state: 'verified', at: START, fileName: 'x', sizeBytes: 1, sha256: null, facts: null };
  const text = JSON.stringify({ format: 1, ...ledger, copies: { [formatName(START)]: record } });
  assert.equal(parseLedger(text).copies[formatName(START)]?.readAt, START);
});
