import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { generateIdentity } from 'age-encryption';
import { assertKeysFit, createAgeCipher } from '../../src/adapters/age/cipher.ts';
import { isAppError, type ErrorCode } from '../../src/errors.ts';
import { ALICE, aliceKey as toAlice } from '../support/age-keys.ts';
import { hashOf } from '../support/lfs-server.ts';
import { tempFolder } from '../support/temp-store.ts';
import { backupThreads as threads } from '../support/threads.ts';

const PASSPHRASE = 'correct horse battery staple';
const nobody = { passphrase: null, recipients: [], identities: [] };
const byPassphrase = createAgeCipher({ threads, key: { ...nobody, passphrase: PASSPHRASE } });
const byRecipient = createAgeCipher({ threads, key: toAlice });

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const skip = has('age') ? false : 'the age tool is not installed';

function files(t: TestContext, sizeBytes: number) {
  const folder = tempFolder(t);
  const at = (name: string) => join(folder, name);
  writeFileSync(at('plain'), randomBytes(sizeBytes));
  return { folder, plain: at('plain'), encrypted: at('plain.age'), back: at('back'), at };
}

async function fails(code: ErrorCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(isAppError(error, code), String(error));
    assert.ok(!`${error.stack}${String(error.cause)}`.includes(PASSPHRASE));
    return true;
  });
}

test('what was encrypted comes back, with size and hash of what was written, by passphrase and by recipient', async (t) => {
  for (const cipher of [byPassphrase, byRecipient]) {
    for (const sizeBytes of cipher.kind === 'passphrase' ? [300_001] : [0, 1, 65_536, 300_001]) {
      const { plain, encrypted, back } = files(t, sizeBytes);
      const written = await cipher.encrypt(plain, encrypted);
      assert.deepEqual(written, {
        sizeBytes: statSync(encrypted).size,
        sha256: hashOf(readFileSync(encrypted)),
        plainSha256: hashOf(readFileSync(plain)),
      });
      assert.equal(statSync(encrypted).mode & 0o777, 0o600);
      assert.equal((await cipher.decrypt(encrypted, back)).sizeBytes, sizeBytes);
      assert.deepEqual(readFileSync(back), readFileSync(plain));
    }
  }
});

test('the ordinary age tool opens what was encrypted to recipients, and its files are opened', { skip }, async (t) => {
  const { plain, encrypted, back, at } = files(t, 200_000);
  writeFileSync(at('key'), `${ALICE.identity}\n`);
  await byRecipient.encrypt(plain, encrypted);
  execFileSync('age', ['-d', '-i', at('key'), '-o', back, encrypted]);
  assert.deepEqual(readFileSync(back), readFileSync(plain));
  execFileSync('age', ['-r', ALICE.recipient, '-o', at('theirs.age'), plain]);
  await byRecipient.decrypt(at('theirs.age'), at('theirs'));
  assert.deepEqual(readFileSync(at('theirs')), readFileSync(plain));
});

test('the ordinary age tool opens what was encrypted by passphrase, and the other way round', { skip }, async (t) => {
  const { plain, encrypted, back, at } = files(t, 200_000);
  await byPassphrase.encrypt(plain, encrypted);
  typePassphrase(['-d', '-o', back, encrypted]);
  assert.deepEqual(readFileSync(back), readFileSync(plain));
  typePassphrase(['-p', '-o', at('theirs.age'), plain]);
  await byPassphrase.decrypt(at('theirs.age'), at('theirs'));
  assert.deepEqual(readFileSync(at('theirs')), readFileSync(plain));
});

test('another key is said to be another at once, and a key that is missing, too', async (t) => {
  const { plain, encrypted, back, folder } = files(t, 1000);
  await byPassphrase.encrypt(plain, encrypted);
  const other = createAgeCipher({ threads, key: { ...nobody, passphrase: 'another horse battery staple' } });
  await fails('forbidden', other.decrypt(encrypted, back));
  await fails('forbidden', byRecipient.decrypt(encrypted, back));
  const blind = createAgeCipher({ threads, key: { ...nobody, recipients: [ALICE.recipient] } });
  assert.equal(blind.canDecrypt, false);
  await blind.encrypt(plain, encrypted);
  await fails('config', blind.decrypt(encrypted, back));
  assert.deepEqual(readdirSync(folder).sort(), ['plain', 'plain.age']);
});

test('a key with a mistake in it is refused before anything is encrypted, and not shown', () => {
  const typo = (key: string) => key.replace(/..$/, (two) => (two === two.toUpperCase() ? 'QQ' : 'qq'));
  for (const key of [
    { ...nobody, recipients: [typo(ALICE.recipient)] },
    { ...toAlice, identities: [typo(ALICE.identity)] },
  ]) {
    assert.throws(
      () => createAgeCipher({ threads, key }),
      (error) => isAppError(error, 'config') && !`${error.stack}${String(error.cause)}`.includes('SECRET-KEY-1G'),
    );
  }
});

test('a secret key of none of the public ones is refused: nothing that it encrypts could be read here', async () => {
  await assertKeysFit({ ...nobody, recipients: [ALICE.recipient] });
  await assertKeysFit(toAlice);
  const identity = await generateIdentity();
  await assertKeysFit({ ...toAlice, identities: [identity, ALICE.identity] });
  await assert.rejects(assertKeysFit({ ...toAlice, identities: [identity] }), (error) => {
    assert.ok(isAppError(error, 'config'));
    assert.ok(!error.message.includes(identity));
    return /none of BACKUP_AGE_RECIPIENTS/.test(error.message);
  });
});

test('a file that was changed, cut off, lengthened or never encrypted is damaged, and nothing of it gets out', async (t) => {
  const { plain, encrypted, back, folder } = files(t, 200_000);
  await byRecipient.encrypt(plain, encrypted);
  const good = readFileSync(encrypted);
  const flipped = (at: number) => Buffer.from(good.map((byte, index) => (index === at ? byte ^ 1 : byte)));
  const wrong = [
    flipped(good.length - 1),
    flipped(100_000),
    flipped(190), // the header's own check
    good.subarray(0, good.length - 70_000),
    good.subarray(0, 100),
    Buffer.concat([good, Buffer.from('x')]),
    Buffer.from('not encrypted at all'),
    Buffer.alloc(0),
  ];
  for (const bytes of wrong) {
    writeFileSync(encrypted, bytes);
    await fails('damaged', byRecipient.decrypt(encrypted, back));
  }
  assert.deepEqual(readdirSync(folder).sort(), ['plain', 'plain.age']);
});

test('a file that asks for a gigabyte of memory before it is refused does not get it', async (t) => {
  const { plain, encrypted, back } = files(t, 100);
  await byPassphrase.encrypt(plain, encrypted);
  const greedy = readFileSync(encrypted, 'latin1').replace(/^(-> scrypt \S+) 16$/m, '$1 20');
  writeFileSync(encrypted, greedy, 'latin1');
  await fails('damaged', byPassphrase.decrypt(encrypted, back));
  await fails('damaged', byPassphrase.requireKey(await byPassphrase.header(encrypted), 'NAME.tar.zst.age'));
});

test('cancelling leaves no file, and what is not there is not found', async (t) => {
  const { plain, encrypted, folder, at } = files(t, 20_000_000);
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  await fails('aborted', byRecipient.encrypt(plain, encrypted, { signal: stop.signal, onProgress }));
  assert.deepEqual(readdirSync(folder), ['plain']);
  await fails('not_found', byRecipient.encrypt(at('nothing'), encrypted));
  await fails('not_found', byRecipient.decrypt(at('nothing'), encrypted));
});

/** age asks for a passphrase on a terminal only, and twice for a new one. */
function typePassphrase(args: readonly string[]): void {
  const command = ['age', ...args].map((word) => `'${word}'`).join(' ');
  const input = `${PASSPHRASE}\n${PASSPHRASE}\n`;
  execFileSync('script', ['--quiet', '--return', '--command', command, '/dev/null'], { input, timeout: 60_000 });
}
