import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parseConfig, type Config } from '../../src/config.ts';
import { loadEnvFile } from '../../src/config/env-file.ts';
import { isKnown } from '../../src/config/known-names.ts';
import { secretsOf } from '../../src/config/secrets.ts';
import { isAppError } from '../../src/errors.ts';
import { tempFolder } from '../support/temp-store.ts';

const WHOLE = 'correct horse battery#staple 42!';

function read(t: TestContext, content: string, environment: Record<string, string> = {}): Config {
  const file = join(tempFolder(t), '.env');
  writeFileSync(file, content);
  return parseConfig(environment, loadEnvFile(file, environment));
}

function refusal(t: TestContext, content: string): string {
  try {
    read(t, content);
  } catch (error) {
    assert.ok(isAppError(error, 'config'));
    return error.message;
  }
  return assert.fail(`${content} was taken`);
}

test('a passphrase that was cut off at # is refused with line, remedy and what was in force, and without a word of it', (t) => {
  const message = refusal(t, `LOG_LEVEL=info\n\nBACKUP_AGE_PASSPHRASE=${WHOLE}\n`);
  assert.match(message, /\.env line 3: BACKUP_AGE_PASSPHRASE is cut off at the "#"/);
  assert.match(message, /Put the whole value in quotation marks: BACKUP_AGE_PASSPHRASE='…'/);
  assert.match(message, /Until now only the part that was read was in force\. Backups .* still open/);
  assert.doesNotMatch(message, /horse|battery|staple|42!/);
});

test('every form that gives a secret another value than was written is refused', (t) => {
  for (const [line, why] of [
    ['BACKUP_AGE_PASSPHRASE=correct horse battery #staple', /is cut off at the "#"/],
    ['GITHUB_TOKEN=ghp_0123#456', /GITHUB_TOKEN is cut off at the "#"/],
    ["BACKUP_AGE_PASSPHRASE='it is a long one", /is not closed, so that the mark became part of it/],
    ['API_TOKEN="one\nLOG_LEVEL="info"', /is not closed, so that it goes on in the lines below/],
    ["BACKUP_AGE_PASSPHRASE='correct horse battery' staple", /ends at its second quotation mark/],
    ['BACKUP_AGE_PASSPHRASE: correct horse battery staple', /no NAME=value, so that BACKUP_AGE_PASSPHRASE is not set/],
  ] as const) {
    const message = refusal(t, `${line}\n`);
    assert.match(message, why);
    assert.match(message, /\.env line 1: /);
    assert.doesNotMatch(message, /horse|ghp_|long one/);
  }
});

test('in quotation marks the whole is used, and what it may have been until now opens backups, too', (t) => {
  for (const quoted of [`'${WHOLE}'`, `"${WHOLE}"`, `\`${WHOLE}\``]) {
    const key = read(t, `BACKUP_AGE_PASSPHRASE=${quoted} # a comment\n`).encryption?.key;
    assert.equal(key?.passphrase, WHOLE);
    for (const form of ['correct horse battery', `'${WHOLE}'`, `"${WHOLE}"`, `'${WHOLE}`]) {
      assert.ok(key.formerPassphrases.includes(form), form);
    }
  }
});

test('a passphrase means the same whoever reads the file: quotation marks that Docker hands on do not count', () => {
  const quoted = parseConfig({ BACKUP_AGE_PASSPHRASE: `'${WHOLE}'` });
  const plain = parseConfig({ BACKUP_AGE_PASSPHRASE: WHOLE });
  assert.deepEqual(quoted.encryption, plain.encryption);
  assert.ok(plain.encryption?.key.formerPassphrases.includes('correct horse battery'));
  const masked = secretsOf({ BACKUP_AGE_PASSPHRASE: `'${WHOLE}'` });
  for (const form of [WHOLE, 'correct horse battery']) assert.ok(masked.includes(form), form);
});

test('what is plainly a comment, a quoted # or set elsewhere is taken without a word', (t) => {
  const content = [
    '# it\'s "mine"',
    'PORT=8080 # the default',
    'BACKUP_DIRECTORY=#/srv/backups',
    'GEMINI_API_KEY=AIza0123456789 # of the project tea',
    "CLI_COMMAND='bot # x' # y",
    'export LOG_LEVEL = debug',
    'PRIVATE_KEY="-----BEGIN',
    'PORTT=not a line of its own',
    '-----END" ',
    'TZ=Asia/Tokyo',
    'NODE_OPTIONS=--trace-warnings',
    'COMPOSE_PROFILES=chroma',
    'https_proxy=http://proxy:3128',
    `BACKUP_AGE_PASSPHRASE=${WHOLE}`,
  ].join('\r\n');
  const config = read(t, content, { BACKUP_AGE_PASSPHRASE: WHOLE });
  assert.deepEqual(config.notices, [
    '.env: NescordBot has no variable PRIVATE_KEY (line 7). What is for another program may stay; .env.example has every variable.',
  ]);
  assert.deepEqual([config.port, config.logLevel, config.cliCommand], [8080, 'debug', 'bot # x']);
});

test('what does nothing is named with its line and what was probably meant', (t) => {
  const content = [
    'PORT: 3961',
    'PORTT=3961',
    'log_level=debug',
    'GEMINI_API_KEYS=AIza0123456789',
    'LOG_LEVEL',
    'what is this?',
    'DATA_DIR=/srv/c#bot',
    "BACKUP_DIRECTORY='/srv/backups",
    'MODEL=gemini',
    'LOG_FILES=3',
    'LOG_FILES=4',
  ].join('\n');
  const { notices, logFile, port } = read(t, content, { LOG_FILE: '/var/log/bot' });
  assert.equal(port, 3000);
  assert.equal(logFile?.maxFiles, 4);
  for (const [at, pattern] of [
    /^\.env line 1: this is no NAME=value, so that PORT is not set by it\. Write PORT=… with an equals sign\.$/,
    /^\.env line 2: there is no variable PORTT, .*did you mean PORT\?$/,
    /^\.env line 3: .*log_level.*did you mean LOG_LEVEL\?$/,
    /^\.env line 4: .*did you mean GEMINI_API_KEY\?$/,
    /^\.env line 5: .*LOG_LEVEL is not set by it/,
    /^\.env line 6 is no NAME=value, and is ignored/,
    /^\.env line 7: DATA_DIR is cut off at the "#".*DATA_DIR='…'/,
    /^\.env line 8: .*BACKUP_DIRECTORY is not closed.*BACKUP_DIRECTORY="…"/,
    /^\.env line 11: LOG_FILES stands on line 10, too/,
    /^\.env: NescordBot has no variable MODEL \(line 9\)/,
  ].entries()) {
    assert.match(notices[at] ?? '', pattern);
  }
  assert.equal(notices.length, 10);
  assert.doesNotMatch(notices.join('\n'), /3961|AIza|srv/);
});

test('the lines of a key that goes over several are told by their number: nothing of them reaches the log', (t) => {
  const key = ['MIIEvQIBADANBgkqhkiG9w0BAQEF', 'q1W2e3R4Tz0=', 'kLmN5oPq+/8rSt==', 'set MODEL=gemini'];
  const { notices } = read(t, `GIT_SIGNING_KEY=abc\n${key.join('\n')}\n`);
  assert.doesNotMatch(notices.join('\n'), /MIIE|q1W2|kLmN|gemini/);
  assert.match(notices.join('\n'), /\(its name is not shown\) \(line 3\).*set MODEL \(line 5\)/);
});

test('in the environment, too, a name that is nearly a variable is named, and what others set is not', () => {
  const others = {
    PATH: '/bin',
    HOSTNAME: 'a1b2',
    CHROMA_PORT: 'tcp://10.0.0.1:8000',
    GITHUB_ACTOR: 'mika',
    SORT: 'x',
  };
  const { notices } = parseConfig({ ...others, DISCORD_TOKN: 'x', BACKUP_KEEP_DAYLY: '3' });
  assert.deepEqual(notices, [
    'The environment has DISCORD_TOKN: there is no variable DISCORD_TOKN, so that it does nothing; did you mean DISCORD_TOKEN?',
    'The environment has BACKUP_KEEP_DAYLY: there is no variable BACKUP_KEEP_DAYLY, so that it does nothing; did you mean BACKUP_KEEP_DAILY?',
  ]);
});

test('no name that compose.yaml takes from the file is a stranger', () => {
  const compose = readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8');
  const names = [...compose.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
  assert.ok(names.length > 0);
  for (const name of [...names, 'COMPOSE_PROFILES']) assert.ok(isKnown(name), name);
});

test('.env.example, copied as it is, is taken without a word', (t) => {
  assert.deepEqual(read(t, readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')).notices, []);
});
