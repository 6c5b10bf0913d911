import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { test } from 'node:test';
import { describeSettings } from '../../src/app/settings-report.ts';
import { logFileDespiteMistakes, parseConfig } from '../../src/config.ts';
import { playgroundEnvironment } from '../../src/config/playground.ts';
import { secretsOf } from '../../src/config/secrets.ts';
import { loadEnvFile } from '../../src/config/env-file.ts';
import { VARIABLE_NAMES } from '../../src/config/environment.ts';
import { aboutInJapanese } from '../../src/config/variables-ja.ts';
import { variableGroups, variables, type VariableName } from '../../src/config/variables.ts';
import { isAppError } from '../../src/errors.ts';
import { problemsOf } from '../support/config-problems.ts';
import { tempFolder } from '../support/temp-store.ts';

test('an empty environment is a complete configuration: playground, local Chroma, offline engine', () => {
  const config = parseConfig({});
  assert.equal(config.discord.token, null);
  assert.equal(config.gemini, null);
  assert.equal(config.chroma.remote, null);
  assert.equal(config.chroma.collectionPrefix, 'nescord_knowledge');
  assert.equal(config.database.file, resolve('data/nescordbot.db'));
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 3000);
});

test('everything is kept in one folder: the one that is named, or the volume of a Railway service', () => {
  const placesOf = (environment: Record<string, string>) => {
    const { database, chroma, backup, storage } = parseConfig(environment);
    return { places: [database.file, chroma.directory, backup.directory], variable: storage.variable };
  };
  assert.deepEqual(placesOf({ DATA_DIR: '/srv/bot', RAILWAY_VOLUME_MOUNT_PATH: '/vol' }), {
    places: ['/srv/bot/nescordbot.db', '/srv/bot/chromadb', '/srv/bot/backups'],
    variable: 'DATA_DIR',
  });
  assert.deepEqual(placesOf({ RAILWAY_VOLUME_MOUNT_PATH: '/app/data' }), {
    places: ['/app/data/nescordbot.db', '/app/data/chromadb', '/app/data/backups'],
    variable: 'RAILWAY_VOLUME_MOUNT_PATH',
  });
  const apart = {
    DATA_DIR: '/srv',
    DATABASE_URL: 'sqlite:///app/data/bot.db',
    CHROMADB_PERSIST_DIRECTORY: '/app/index',
  };
  assert.deepEqual(placesOf(apart).places, ['/app/data/bot.db', '/app/index', '/srv/backups']);
});

test('every path is absolute, whatever it was written as', () => {
  const { storage, database, chroma, backup } = parseConfig({
    DATA_DIR: './kept/',
    RAILWAY_VOLUME_MOUNT_PATH: '/app/data/',
    DATABASE_URL: 'sqlite:kept/bot.db',
    CHROMADB_PERSIST_DIRECTORY: '../index',
    BACKUP_DIRECTORY: 'backups',
  });
  assert.deepEqual([storage.directory, storage.railwayVolume], [resolve('kept'), '/app/data']);
  for (const path of [database.file, chroma.directory, backup.directory]) assert.ok(isAbsolute(path), path);
  assert.equal(parseConfig({ DATA_DIR: 'kept' }).backup.directory, resolve('kept/backups'));
});

test('Railway and Kubernetes are known by what they set', () => {
  const platformOf = (environment: Record<string, string>) => parseConfig(environment).storage.platform;
  assert.equal(platformOf({}), null);
  assert.equal(platformOf({ RAILWAY_SERVICE_ID: 'a1' }), 'railway');
  assert.equal(platformOf({ RAILWAY_VOLUME_MOUNT_PATH: '/data' }), 'railway');
  assert.equal(platformOf({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }), 'kubernetes');
});

test('with a token the bot listens where a host can check its health', () => {
  assert.equal(parseConfig({ DISCORD_TOKEN: 'token' }).host, '0.0.0.0');
});

test('a playground listens to this machine alone, unless somebody vouches for whoever reaches its port', () => {
  for (const HOST of ['0.0.0.0', '::', '192.168.1.7', 'bot.lan', '127.evil.example'])
    assert.match(
      problemsOf({ HOST }),
      /whoever reaches it is an operator\. Set DISCORD_TOKEN .*PLAYGROUND_EXPOSED=true/,
    );
  for (const HOST of ['127.0.0.1', '127.0.0.2', '::1', 'localhost']) assert.equal(parseConfig({ HOST }).host, HOST);
  assert.equal(parseConfig({ HOST: '0.0.0.0', PLAYGROUND_EXPOSED: 'true' }).host, '0.0.0.0');
  assert.equal(parseConfig({ HOST: '0.0.0.0', DISCORD_TOKEN: 'token' }).host, '0.0.0.0');
  const ofCommand = playgroundEnvironment({ HOST: '0.0.0.0', PLAYGROUND_EXPOSED: 'true', DISCORD_TOKEN: 'token' });
  assert.equal(parseConfig(ofCommand).host, '0.0.0.0');
  assert.match(problemsOf(playgroundEnvironment({ HOST: '0.0.0.0' })), /PLAYGROUND_EXPOSED/);
});

test('mistakes are told in the log file where that is none of them, wherever else they are', () => {
  const fileOf = (environment: Record<string, string>) => logFileDespiteMistakes(environment)?.file;
  assert.equal(
    fileOf({ LOG_FILE: '/srv/logs/bot.log', PORT: 'http', DATABASE_URL: 'postgres://db' }),
    '/srv/logs/bot.log',
  );
  assert.equal(logFileDespiteMistakes({ LOG_FILE: '/srv/bot.log', LOG_FILE_MB: 'ten' })?.maxBytes, 10_000_000);
  assert.equal(fileOf({ PORT: 'http' }), undefined);
  assert.equal(fileOf({ LOG_FILE: '"/srv/bot.log"' }), undefined);
  assert.equal(fileOf({ LOG_FILE: '/srv/bot.db-wal', DATABASE_URL: '/srv/bot.db', PORT: 'http' }), undefined);
});

test("the deployment guide's database addresses are understood", () => {
  const database = (text: string) => {
    const { isDefault, ...location } = parseConfig({ DATABASE_URL: text }).database;
    assert.equal(isDefault, false);
    return location;
  };
  assert.deepEqual(database('sqlite:///app/data/nescordbot.db'), {
    file: '/app/data/nescordbot.db',
    timeoutMs: 20_000,
    journalMode: 'WAL',
  });
  assert.deepEqual(database('sqlite:////app/data/nescordbot.db?timeout=5&journal_mode=delete'), {
    file: '/app/data/nescordbot.db',
    timeoutMs: 5000,
    journalMode: 'DELETE',
  });
  assert.equal(database('/var/lib/bot.db').file, '/var/lib/bot.db');
  assert.equal(database('state/bot.db').file, resolve('state/bot.db'));
  assert.equal(database('sqlite:state/bot.db').file, resolve('state/bot.db'));
  assert.equal(database('sqlite:///srv/a%20b.db').file, '/srv/a b.db');
});

test('every mistake is reported at once, each with its fix', () => {
  const message = problemsOf({
    PORT: 'http',
    HOME_GUILD_ID: 'my server',
    OPERATOR_USER_IDS: '123',
    DATABASE_URL: 'postgres://db/bot',
    CHROMA_URL: 'chroma:8000',
    LOG_LEVEL: 'loud',
    GEMINI_EMBEDDING_DIMENSIONS: '64',
    MESSAGE_CONTENT_INTENT: 'perhaps',
    GEMINI_GENERATION_MODELS: ' , ',
    CHROMADB_COLLECTION_NAME: '..',
  });
  assert.match(message, /10 mistakes/);
  assert.match(message, /PORT must be a whole number from 0 to 65535; "http" is not/);
  assert.match(message, /HOME_GUILD_ID must be a Discord id/);
  assert.match(message, /OPERATOR_USER_IDS must be Discord ids/);
  assert.match(message, /postgres is not supported/);
  assert.match(message, /CHROMA_URL must be a web address/);
  assert.match(message, /LOG_LEVEL must be one of error, warn, info, debug/);
});

test('quotation marks that an env file has left around a value are a mistake that is named', () => {
  const message = problemsOf({
    DATA_DIR: '"/app/data"',
    GEMINI_API_KEY: "'AIza0123'",
    DATABASE_URL: '"sqlite:///a.db"',
  });
  assert.match(message, /3 mistakes/);
  assert.match(message, /DATA_DIR must be written without quotation marks around it/);
  assert.match(message, /GEMINI_API_KEY must be written without quotation marks around it; its value is not/);
  assert.equal(parseConfig({ DATA_DIR: `/srv/Mika's "bot"` }).storage.directory, `/srv/Mika's "bot"`);
});

test('a database address with an unknown option, no file or a bad time-out is refused', () => {
  for (const address of ['sqlite:///a.db?cache=shared', 'sqlite://', ':memory:', 'a.db?timeout=soon', 'data/']) {
    assert.match(problemsOf({ DATABASE_URL: address }), /DATABASE_URL must be/);
  }
});

test('backups are kept by number, or by period as soon as one is set', () => {
  const { keep } = parseConfig({ BACKUP_KEEP: '7' }).backup;
  assert.deepEqual(keep, { last: 7, hourly: 0, daily: 0, weekly: 0, monthly: 0, timeZone: 'UTC' });
  const byPeriod = parseConfig({ BACKUP_KEEP: '7', BACKUP_KEEP_DAILY: '14', BACKUP_TIME_ZONE: 'asia/tokyo' }).backup;
  assert.deepEqual(byPeriod.keep, { last: 0, hourly: 0, daily: 14, weekly: 0, monthly: 0, timeZone: 'Asia/Tokyo' });
});

test('a schedule, zone or level that cannot be is a mistake, and off is off', () => {
  for (const rule of ['every 5h', 'every 0h', 'daily 24:00', 'weekly 02:00', 'monthly 31 02:00', '* * * * *']) {
    assert.match(problemsOf({ BACKUP_SCHEDULE: rule }), /BACKUP_SCHEDULE must be off, or a rule such as every 6h/);
  }
  assert.match(problemsOf({ BACKUP_TIME_ZONE: 'Mars/Olympus' }), /BACKUP_TIME_ZONE must be a time zone/);
  assert.match(problemsOf({ BACKUP_COMPRESSION: '20' }), /BACKUP_COMPRESSION must be a whole number from 1 to 19/);
  assert.equal(parseConfig({ BACKUP_SCHEDULE: 'OFF' }).backup.schedule.enabled, false);
  assert.equal(parseConfig({ BACKUP_SCHEDULE: 'Weekly  Sun 02:00' }).backup.schedule.rule, 'weekly sun 02:00');
});

test('a key for a remote Chroma without its address is a mistake', () => {
  assert.match(problemsOf({ CHROMA_API_KEY: 'secret-key' }), /without CHROMA_URL/);
});

test('blank values count as absent', () => {
  assert.equal(parseConfig({ DISCORD_TOKEN: '  ', PORT: '' }).discord.token, null);
});

test('secrets are the variables that the documentation calls so', () => {
  assert.deepEqual(secretsOf({ DISCORD_TOKEN: 'a', GEMINI_API_KEY: 'b', CHROMA_API_KEY: 'c', PORT: '1' }), [
    'a',
    'c',
    'b',
  ]);
});

test('.env.example describes exactly the variables that are read, with their defaults', async () => {
  const example = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');
  const described = [...example.matchAll(/^# (.+)\n#?([A-Z0-9_]+)=(.*)$/gm)].map(([, about, name, value]) => ({
    name,
    about,
    value,
  }));
  const read = Object.entries(variables).map(([name, { about, default: value }]) => ({
    name,
    about,
    value: value ?? '',
  }));
  assert.deepEqual(described, read);
});

test('the variables stand under the same headings in .env.example, in both READMEs and in what shows them', async () => {
  const underHeadings = async (file: string, line: RegExp) => {
    const text = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
    const groups = text.split(/^##+ /m).map((part) => ({
      title: part.split('\n', 1)[0] ?? '',
      names: [...part.matchAll(line)].map(([, name = '']) => name),
    }));
    return groups.filter(({ names }) => names.length > 0);
  };
  const groups = (locale: 'en' | 'ja') =>
    variableGroups.map(({ title, variables: found }) => ({ title: title[locale], names: Object.keys(found) }));
  assert.deepEqual(await underHeadings('.env.example', /^#?([A-Z0-9_]+)=/gm), groups('en'));
  assert.deepEqual(await underHeadings('README.md', /^\| `([A-Z0-9_]+)`/gm), groups('en'));
  assert.deepEqual(await underHeadings('README.ja.md', /^\| `([A-Z0-9_]+)`/gm), groups('ja'));
  const shown = describeSettings(parseConfig({}), null);
  assert.deepEqual(
    shown.map(({ name, group }) => `${group.ja} ${name}`),
    groups('ja').flatMap(({ title, names }) => names.map((name) => `${title} ${name}`)),
  );
});

/** Its table of variables. */
async function tableIn(file: string) {
  const readme = await readFile(new URL(`../../${file}`, import.meta.url), 'utf8');
  return [...readme.matchAll(/^\| `([A-Z0-9_]+)` +\| +(.*?) +\| +(.*?) +\|$/gm)].map(([, name, value, about]) => ({
    name,
    value,
    about,
  }));
}

test('the tables of both READMEs name exactly the variables that are read, with their defaults', async () => {
  const read = (aboutOf: (name: VariableName) => string) =>
    VARIABLE_NAMES.map((name) => {
      const variable = variables[name];
      const value = 'shown' in variable ? variable.shown : variable.default;
      return { name, value: value === null || value === '' ? '–' : `\`${value}\``, about: aboutOf(name) };
    });
  assert.deepEqual(
    await tableIn('README.md'),
    read((name) => variables[name].about),
  );
  assert.deepEqual(
    await tableIn('README.ja.md'),
    read((name) => aboutInJapanese[name]),
  );
});

test('the password of an address that is refused is not shown', () => {
  for (const name of ['DATABASE_URL', 'CHROMA_URL', 'GEMINI_BASE_URL']) {
    const problems = problemsOf({ [name]: 'postgres://user:hunter2@db.example.org/bot' });
    assert.match(problems, new RegExp(`${name} must be .*•••@db\\.example\\.org`));
    assert.doesNotMatch(problems, /hunter2/);
  }
});

test('a key with a space or a line break in it is refused before anybody is asked with it', () => {
  for (const name of ['DISCORD_TOKEN', 'GEMINI_API_KEY']) {
    const problems = problemsOf({ [name]: 'made up\nsecret' });
    assert.match(problems, new RegExp(`${name} must be one word`));
    assert.doesNotMatch(problems, /secret/);
  }
});

test('an .env file with a byte order mark, Windows line ends, quotes and comments is read; what is set already wins', async (t) => {
  const file = join(tempFolder(t), '.env');
  await writeFile(file, '\ufeffLOG_LEVEL=debug\r\n# TZ=1\r\nPORT=8080 # mine\r\nHOST="127.0.0.1"\r\n');
  const environment = { PORT: '9090' };
  loadEnvFile(file, environment);
  loadEnvFile(`${file}.absent`, environment);
  assert.deepEqual(environment, { LOG_LEVEL: 'debug', PORT: '9090', HOST: '127.0.0.1' });
});

test('an .env file that cannot be read is a mistake that is named', async (t) => {
  const folder = tempFolder(t);
  await mkdir(join(folder, 'folder'));
  await writeFile(join(folder, 'utf16'), Buffer.from('\ufeffPORT=8080', 'utf16le'));
  for (const [name, why] of [
    ['folder', /EISDIR/],
    ['utf16', /not UTF-8/],
  ] as const) {
    assert.throws(
      () => loadEnvFile(join(folder, name), {}),
      (error) => isAppError(error, 'config') && why.test(error.message),
    );
  }
});

const TOKEN = 'correct-horse-battery-staple-0123456789';

test('a token of the API is long and random, or the way to make one is told, and it is not shown', () => {
  for (const weak of ['short', 'a'.repeat(40), `${TOKEN}ü`]) {
    const problems = problemsOf({ API_TOKEN: weak });
    assert.match(problems, /API_TOKEN must be at least 32 random characters.*openssl rand -base64 32/);
    assert.ok(!problems.includes(weak));
  }
  assert.deepEqual(parseConfig({ API_TOKEN: TOKEN }).api.tokens, [{ name: 'api', scope: 'operate', token: TOKEN }]);
  assert.deepEqual(parseConfig({}).api.tokens, []);
});

test('named tokens have a scope, names and tokens of their own, and are masked one by one', () => {
  const [first, second] = [`${TOKEN}:1`, `${TOKEN}:2`];
  const environment = { API_TOKENS: `grafana:read:${first}, deploy:operate:${second}` };
  assert.deepEqual(parseConfig(environment).api.tokens, [
    { name: 'grafana', scope: 'read', token: first },
    { name: 'deploy', scope: 'operate', token: second },
  ]);
  assert.ok(secretsOf(environment).includes(first) && secretsOf(environment).includes(second));
  assert.match(problemsOf({ API_TOKENS: `grafana:write:${first}` }), /API_TOKENS must be a list such as/);
  assert.match(problemsOf({ API_TOKENS: 'grafana:read:short' }), /at least 32/);
  assert.match(problemsOf({ API_TOKENS: `api:read:${first}`, API_TOKEN: second }), /two tokens the same/);
  assert.match(problemsOf({ API_TOKENS: `a:read:${first},b:read:${first}` }), /the same token twice/);
});

test('the log is written into no file of the database, nor where restores exchange or mounts hide what lies there', () => {
  const places = {
    DATABASE_URL: '/volume/bot.db',
    CHROMADB_PERSIST_DIRECTORY: '/volume/chroma',
    BACKUP_DIRECTORY: '/mnt/backups',
  };
  const own = ['bot.db', './chroma/../bot.db-wal', 'bot.db.audit.jsonl', '.bot.db.alerts.json'];
  for (const name of own) {
    assert.match(problemsOf({ ...places, LOG_FILE: `/volume/${name}` }), /LOG_FILE must be .* belongs to the database/);
  }
  for (const file of ['/volume/chroma/bot.log', '/mnt/backups/logs/bot.log']) {
    assert.match(problemsOf({ ...places, LOG_FILE: file }), /is inside .*Use \/volume\/logs\/nescordbot\.log/);
  }
  for (const file of ['/volume/bot.log', '/mnt/backups.log', '/volume/chroma-bot.log']) {
    assert.equal(parseConfig({ ...places, LOG_FILE: file }).logFile?.file, file);
  }
  assert.equal(parseConfig({ LOG_FILE: 'logs/bot.log' }).logFile?.file, join(process.cwd(), 'logs/bot.log'));
});
