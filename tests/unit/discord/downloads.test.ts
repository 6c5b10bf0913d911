import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { test, type TestContext } from 'node:test';
import { isAppError } from '../../../src/errors.ts';
import { createDownload } from '../../../src/discord/downloads.ts';

async function fileServer(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

const never = new AbortController().signal;

test('a file comes whole', async (t) => {
  const origin = await fileServer(t, (_, response) => response.end('# Rules\nBe kind.'));
  const download = createDownload({ origins: [origin], limitBytes: 1000, timeoutMs: 5000 });
  const bytes = await download({ name: 'rules.md', url: `${origin}/rules.md`, sizeBytes: 17 }, never);
  assert.equal(Buffer.from(bytes).toString(), '# Rules\nBe kind.');
});

test('a file that is larger than it said is refused before it has all come', async (t) => {
  let sent = 0;
  const origin = await fileServer(t, (_, response) => {
    const pump = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64 * 1024;
      if (!response.destroyed) response.once('drain', pump);
    };
    pump();
  });
  const download = createDownload({ origins: [origin], limitBytes: 100_000, timeoutMs: 5000 });
  await assert.rejects(download({ name: 'a.md', url: `${origin}/a.md`, sizeBytes: 10 }, never), (error) =>
    isAppError(error, 'invalid'),
  );
  await assert.rejects(
    download({ name: 'a.md', url: `${origin}/a.md`, sizeBytes: 100_001 }, never),
    /larger than 100 kB/,
  );
  assert.ok(sent < 50_000_000);
});

test('only the hosts of attachments are asked, also when one of them points elsewhere', async (t) => {
  const inside = await fileServer(t, (_, response) => response.end('secret'));
  const origin = await fileServer(t, (_, response) => response.writeHead(302, { location: inside }).end());
  const download = createDownload({ origins: [origin], limitBytes: 1000, timeoutMs: 5000 });
  for (const url of [inside, 'file:///etc/passwd', 'nonsense', `${origin}.evil.example/`]) {
    await assert.rejects(download({ name: 'a.md', url, sizeBytes: 1 }, never), (error) => isAppError(error, 'invalid'));
  }
  await assert.rejects(download({ name: 'a.md', url: origin, sizeBytes: 1 }, never), (error) =>
    isAppError(error, 'unavailable'),
  );
});

test('a file server that fails or says nothing ends in words, a stopped command in its own reason', async (t) => {
  const failing = await fileServer(t, (_, response) => response.writeHead(404).end());
  const hanging = await fileServer(t, () => {});
  const rules = { origins: [failing, hanging], limitBytes: 1000, timeoutMs: 50 };
  for (const url of [failing, hanging]) {
    await assert.rejects(createDownload(rules)({ name: 'a.md', url, sizeBytes: 1 }, never), (error) => {
      assert.ok(isAppError(error, 'unavailable') && error.cause !== undefined);
      return true;
    });
  }
  const stop = new AbortController();
  const stopped = createDownload({ ...rules, timeoutMs: 5000 })(
    { name: 'a.md', url: hanging, sizeBytes: 1 },
    stop.signal,
  );
  stop.abort(new Error('stopped'));
  await assert.rejects(stopped, /stopped/);
});
