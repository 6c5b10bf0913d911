import assert from 'node:assert/strict';
import { execFile, spawn, type SpawnOptions } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { tempFolder } from '../support/temp-store.ts';
import { OPERATOR, openScriptedApi } from '../support/scripted-api.ts';

const run = promisify(execFile);

/** The sections of the page that are headed by a route, with their commands. */
async function examples(): Promise<{ route: string; commands: string }[]> {
  const page = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
  return page
    .split(/^(?=##+ )/m)
    .map((section) => ({
      route: /^### ([A-Z]+ \/\S*)$/m.exec(section)?.[1] ?? '',
      commands: [...section.matchAll(/^```bash\n(.*?)^```/gms)].map(([, block]) => block).join(''),
    }))
    .filter(({ route }) => route !== '');
}

/** What a command that has no end says until it says that. */
async function beginning(command: string, options: SpawnOptions, last: string): Promise<string> {
  const shell = spawn('bash', ['-e', '-c', `exec ${command}`], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const piece of shell.stdout ?? []) {
    said += String(piece);
    if (said.includes(last)) shell.kill();
  }
  return said;
}

test('docs/api.md has exactly the routes of the document', async (t) => {
  const { client } = await openScriptedApi(t);
  const served = Object.entries(client.document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  assert.equal(client.document.openapi, '3.1.0');
  assert.deepEqual((await examples()).map(({ route }) => route).sort(), served.sort());
});

test('every example of docs/api.md calls its route and does what it says', async (t) => {
  const curl = await run('curl', ['--version']).catch(() => null);
  if (curl === null) return t.skip('curl is not installed');
  const { server, client } = await openScriptedApi(t);
  const folder = tempFolder(t);
  const known: Record<string, string> = {
    NAME: 'nescordbot_backup_20261120_020000',
    BOT: server.url,
    API_TOKEN: OPERATOR,
  };
  const options = () => ({ cwd: folder, env: { ...process.env, ...known } });
  await run('bash', ['-c', `echo "Authorization: Bearer $API_TOKEN" > token.txt`], options());
  for (const { route, commands } of await examples()) {
    const [method = '', path = ''] = route.split(' ');
    const called = path.replace('{name}', '$NAME').replace('/jobs/{id}', '/jobs/$JOB').replace('{id}', '1');
    assert.match(commands, new RegExp(`"\\$BOT${called.replaceAll(/[$]/g, String.raw`\$&`)}["?]`), route);
    assert.equal(
      /-X (\w+)/.exec(commands)?.[1] ?? (/--json|--data-binary/.test(commands) ? 'POST' : 'GET'),
      method,
      route,
    );
    if (route === 'GET /api/events') {
      assert.match(await beginning(commands, options(), 'event: status'), /event: status/);
      continue;
    }
    const { stdout } = await run('bash', ['-e', '-c', commands], options()).catch((error: unknown) =>
      assert.fail(`${route}: ${(error as { readonly stdout: string }).stdout}`),
    );
    if (!stdout.startsWith('{')) continue;
    const body = JSON.parse(stdout) as Record<string, unknown>;
    if (typeof body['confirm'] === 'string') known['CONFIRM'] = body['confirm'];
    if (typeof body['href'] !== 'string' || path === '/api/jobs/{id}') continue;
    await client.follow(body['href']);
    known['JOB'] = String(body['id']);
  }
});
