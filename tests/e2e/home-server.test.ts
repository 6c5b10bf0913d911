import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { PermissionFlagsBits } from 'discord.js';
import { commands } from '../../commands/index.ts';
import { createHomeFile } from '../../src/app/home-file.ts';
import type { Access } from '../../src/discord/command.ts';
import { isAppError } from '../../src/errors.ts';
import type { AuditEvent } from '../../src/health/audit-model.ts';
import type { Alert } from '../../src/health/ports.ts';
import { openTestApp } from '../support/app.ts';
import { guildOf, personOf } from '../support/app-person.ts';
import { openTestBot, type TestBot } from '../support/bot.ts';
import { createQuietAlerting } from '../support/quiet-alerting.ts';
import { openTestDiscord } from '../support/playground.ts';

type Name = 'A' | 'B';

/** A bot that comes and goes, on one volume, in a Discord with the servers A and B. */
async function open(t: TestContext) {
  const there = await openTestDiscord(t, { guilds: ['A', 'B'] });
  const folder = mkdtempSync(join(tmpdir(), 'nescordbot-home-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [a, b] = there.guilds.map(({ id }) => id);
  const ids: Readonly<Record<Name, string>> = { A: a ?? '', B: b ?? '' };
  const present = new Set<Name>(['A', 'B']);
  const told: string[] = [];
  let open: readonly Alert[] = [];
  let looked = Promise.withResolvers<void>();
  let bot: TestBot | null = null;
  const alerts = {
    ...createQuietAlerting(),
    settle(_family: string, given: readonly Alert[]) {
      open = given;
      looked.resolve();
    },
    announce: (words: Alert['words']) => void told.push(typeof words === 'string' ? words : words.en),
  };
  async function change(act: () => void): Promise<void> {
    looked = Promise.withResolvers();
    act();
    if (bot !== null) await looked.promise;
  }
  const levelOf = async (who: 'moderator' | 'operator', at: Name): Promise<'operator' | 'less'> => {
    const reply = await (await there.as(who, { guildId: ids[at] }).command('help')).reply();
    return reply.content.includes('/settings') ? 'operator' : 'less';
  };
  return {
    ids,
    told,
    file: join(folder, '.bot.db.home.json'),
    start: async (setting?: Name) => {
      await bot?.close();
      const homeGuildId = setting === undefined ? null : ids[setting];
      const homeStore = createHomeFile({ database: { file: join(folder, 'bot.db') } });
      bot = await openTestBot(t, there, { homeGuildId, homeStore, alerts });
    },
    stop: async () => {
      await bot?.close();
      bot = null;
    },
    join: (name: Name) => change(() => (present.add(name), there.addBotTo(ids[name]))),
    leave: (name: Name) => change(() => (present.delete(name), there.removeBotFrom(ids[name]))),
    /** The application's owner says so. */
    async makeHome(name: Name) {
      const owner = there.as('operator', { guildId: ids[name] });
      const asked = await (await owner.command('settings home')).reply();
      assert.match(asked.content, /Make \*\*this\*\* server home\?/);
      const done = await owner.click(asked, 'Make this server home');
      await done.acknowledged();
      await owner.waitForMessage(({ content }) => content.startsWith('🏠 This is the home server now'));
    },
    /** Where moderators are operators. */
    async operatorsIn(): Promise<Name[]> {
      const found: Name[] = [];
      for (const name of [...present].sort()) {
        assert.equal(await levelOf('operator', name), 'operator', 'the application’s owner, everywhere');
        if ((await levelOf('moderator', name)) === 'operator') found.push(name);
      }
      return found;
    },
    alerts: () => open.map(({ key }) => key),
  };
}

type There = Awaited<ReturnType<typeof open>>;

interface Row {
  readonly what: string;
  readonly steps: (there: There) => Promise<unknown>;
  /** In which of the servers moderators are operators afterwards; besides the owner, nobody else is. */
  readonly home: readonly Name[];
  readonly alert?: 'home:absent' | 'home:unknown';
  readonly told?: RegExp;
}

const inTurn = async (...steps: (() => Promise<unknown>)[]): Promise<void> => {
  for (const step of steps) await step();
};
const onlyA = (there: There) => inTurn(() => there.leave('B'), there.start);
const none = (there: There) =>
  inTurn(
    () => there.leave('A'),
    () => there.leave('B'),
    there.start,
  );

// docs/operations.md has the same table for people.
const ROWS: readonly Row[] = [
  { what: 'a first start in one server', steps: onlyA, home: ['A'] },
  {
    what: 'a first start in no server, which is then added to one',
    steps: (at) =>
      inTurn(
        () => none(at),
        () => at.join('B'),
      ),
    home: ['B'],
    told: /added to its first server, B, which is its home server now/,
  },
  {
    what: 'a second server joins',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        () => at.join('B'),
      ),
    home: ['A'],
  },
  {
    what: 'a second server joins while the bot is off',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        at.stop,
        () => at.join('B'),
        at.start,
      ),
    home: ['A'],
  },
  {
    what: 'the first of two servers is left',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        () => at.join('B'),
        () => at.leave('A'),
      ),
    home: [],
    alert: 'home:absent',
  },
  {
    what: 'the first of two servers is left, and the bot restarts',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        () => at.join('B'),
        () => at.leave('A'),
        at.start,
      ),
    home: [],
    alert: 'home:absent',
  },
  {
    what: 'home is left for another server while the bot is off',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        at.stop,
        () => at.leave('A'),
        () => at.join('B'),
        at.start,
      ),
    home: [],
    alert: 'home:absent',
  },
  {
    what: 'home is left and joined again',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        () => at.join('B'),
        () => at.leave('A'),
        () => at.join('A'),
      ),
    home: ['A'],
  },
  { what: 'a first start in two servers', steps: (at) => at.start(), home: [], alert: 'home:unknown' },
  {
    what: 'a first start in two servers, of which one is left before a restart',
    steps: (at) => inTurn(at.start, () => at.leave('A'), at.start),
    home: [],
    alert: 'home:unknown',
  },
  {
    what: 'two servers join while the bot is off, after a first start in none',
    steps: (at) =>
      inTurn(
        () => none(at),
        at.stop,
        () => at.join('A'),
        () => at.join('B'),
        at.start,
      ),
    home: [],
    alert: 'home:unknown',
  },
  {
    what: 'the owner makes the second server home, and the bot restarts',
    steps: (at) =>
      inTurn(
        () => onlyA(at),
        () => at.join('B'),
        at.start,
        () => at.makeHome('B'),
        at.start,
      ),
    home: ['B'],
    told: /Olivia made B the home server: its moderators are operators now, and those of A no longer are/,
  },
  { what: 'the setting names one of two servers', steps: (at) => at.start('B'), home: ['B'] },
  {
    what: 'the setting names another server than before',
    steps: (at) =>
      inTurn(
        () => at.start('A'),
        () => at.start('B'),
      ),
    home: ['B'],
    told: /HOME_GUILD_ID made B the home server/,
  },
  {
    what: 'the setting is taken away again',
    steps: (at) =>
      inTurn(
        () => at.start('B'),
        () => at.start(),
      ),
    home: ['B'],
  },
  {
    what: 'the setting names a server that the bot is not in',
    steps: (at) =>
      inTurn(
        () => at.leave('B'),
        () => at.start('B'),
      ),
    home: [],
    alert: 'home:absent',
  },
  {
    what: 'what is stored is of another application',
    steps: (at) => {
      writeFileSync(at.file, JSON.stringify({ applicationId: '1', guildId: at.ids.B }));
      return onlyA(at);
    },
    home: ['A'],
  },
  {
    what: 'what is stored cannot be read',
    steps: (at) => {
      writeFileSync(at.file, 'not JSON');
      return onlyA(at);
    },
    home: [],
    alert: 'home:unknown',
  },
];

for (const { what, steps, home, alert, told } of ROWS) {
  const whose =
    home.length === 0 ? 'nobody but the owner is an operator' : `moderators of ${home.join()} are operators`;
  test(`${what}: ${whose}`, async (t) => {
    const there = await open(t);
    await steps(there);
    assert.deepEqual(await there.operatorsIn(), home);
    assert.deepEqual(there.alerts(), alert === undefined ? [] : [alert]);
    if (told !== undefined) assert.match(there.told.join('\n'), told);
    else assert.deepEqual(there.told, []);
  });
}

test('what somebody tried with the home server is recorded once, refused and cancelled attempts, too', async (t) => {
  const there = await openTestDiscord(t, { guilds: ['A', 'B'] });
  const guildId = there.guilds[1]?.id ?? '';
  there.grantModerators(PermissionFlagsBits.Administrator);
  const bot = await openTestBot(t, there, { homeGuildId: null });
  const [owner, stranger] = [there.as('operator', { guildId }), there.as('moderator', { guildId })];
  assert.equal((await (await stranger.command('settings home')).reply()).ephemeral, true);
  const asked = await (await owner.command('settings home')).reply();
  await owner.click(asked, 'Leave it');
  await owner.waitForMessage(({ content }) => content === 'Nothing was changed.');
  const old = await (await owner.command('settings home')).reply();
  await bot.close();
  const next = await openTestBot(t, there, { homeGuildId: null });
  await (await owner.click(old, 'Leave it')).followUp();
  const audited = ({ lines }: TestBot) =>
    lines.flatMap(({ message, details }) => {
      const { action, outcome } = (details ?? {}) as Partial<AuditEvent>;
      return message === 'audit' ? [`${action} ${outcome}`] : [];
    });
  const outcomes = (...names: string[]) => names.map((name) => `settings home ${name}`);
  assert.deepEqual(audited(bot), outcomes('denied', 'asked', 'cancelled', 'asked'));
  assert.deepEqual(audited(next), outcomes('refused'), 'what a restart forgot, too');
});

test('a record of the home server that cannot be read is told with its remedy, also to a shell', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nescordbot-home-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'bot.db');
  for (const record of ['', 'not JSON', 'null', '[]', '{"applicationId":"1"}', '{"applicationId":1,"guildId":null}']) {
    writeFileSync(join(folder, '.bot.db.home.json'), record);
    assert.throws(
      () => createHomeFile({ database: { file } }).read(),
      (error) => isAppError(error, 'damaged') && /\/settings home.*--guild ID/.test(error.message),
      record,
    );
  }
});

test('the setting decides: an operator is told where it is changed, and nothing moves', async (t) => {
  const there = await openTestDiscord(t, { guilds: ['A', 'B'] });
  const [, second] = there.guilds;
  await openTestBot(t, there);
  const owner = there.as('operator', { guildId: second?.id ?? '' });
  const { content, components } = await (await owner.command('settings home')).reply();
  assert.match(content, /\*\*A\*\* is the home server.*\nHOME_GUILD_ID says so/);
  assert.equal(components.length, 0);
});

test('the playground’s moderator is no operator, and is offered no operator’s command, until the operator says so', async (t) => {
  const there = await openTestDiscord(t);
  const alerts = createQuietAlerting();
  const bot = await openTestBot(t, there, { homeGuildId: null, isPlayground: true, alerts });
  const namesFor = (...levels: Access[]) =>
    commands.flatMap(({ data, access }) => (levels.includes(access) ? [data.name] : [])).sort();
  const offeredTo = async (who: 'member' | 'moderator' | 'operator') => (await there.as(who).commandNames()).toSorted();
  const all = namesFor('everyone', 'moderator', 'operator');
  assert.deepEqual(await offeredTo('member'), namesFor('everyone'));
  assert.deepEqual(await offeredTo('moderator'), namesFor('everyone', 'moderator'));
  assert.deepEqual(await offeredTo('operator'), all);
  const help = await (await there.as('moderator').command('help')).reply();
  assert.match(help.content, /`\/knowledge add`/);
  assert.doesNotMatch(help.content, /\/backup|\/restore|\/settings|\/alerts/);
  assert.equal(bot.discord.homeGuildId(), null);
  assert.deepEqual(alerts.open(), [], 'it is no trouble that no server is home');
  assert.deepEqual(
    bot.lines.filter(({ level }) => level !== 'debug'),
    [],
    'how the bot gets along with its playground is no news',
  );

  const owner = there.as('operator');
  await owner.click(await (await owner.command('settings home')).reply(), 'Make this server home');
  await owner.waitForMessage(({ content }) => content.startsWith('🏠 This is the home server now'));
  assert.deepEqual(await offeredTo('moderator'), all, 'as moderators of the home server are operators');
});

test('a restore of a backup from before leaves the home server as it is', async (t) => {
  const app = await openTestApp(t, { playground: { guilds: [{ name: 'A', channels: ['general'] }] } });
  const owner = personOf(app, 'operator');
  const stored = () => createHomeFile({ database: { file: app.knowledge.store.file } });
  const { entry } = await app.backups.create({ kind: 'manual', reason: '', by: { id: '1', name: 'Olivia' } });
  await owner.click(await (await owner.command('settings home')).reply(), 'Make this server home');
  await owner.waitForMessage(({ content }) => content.startsWith('🏠 This is the home server now'));
  const applicationId = app.playground?.applicationId ?? '';
  assert.deepEqual(stored().read(), { applicationId, guildId: guildOf(app) });
  await stored().save({ applicationId, guildId: '999' });
  await app.backups.restore(entry.name, { id: '1', name: 'Olivia' });
  assert.deepEqual(stored().read(), { applicationId, guildId: '999' });
  const reply = await (await owner.command('settings home')).reply();
  assert.match(reply.content, /This is the home server/);
});
