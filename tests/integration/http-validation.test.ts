import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeNumberIn } from '../../src/whole-number.ts';
import { openScriptedApi } from '../support/scripted-api.ts';

type Words = { readonly en: string; readonly ja: string };

test('what is called otherwise elsewhere is refused with its name, and with what it is called here', async (t) => {
  const { client, script, defects } = await openScriptedApi(t);
  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    [
      'create',
      { backup_type: 'manual' },
      /"backup_type" is not known here:.* say why with "reason"\. Known here: reason/,
    ],
    ['verify', { backup_filename: 'x.tar' }, /"backup_filename" is not known here: say which backup with "name"/],
    ['restore', { backup_filename: 'x.tar' }, /"backup_filename".*"name".*"name" is missing; "confirm" is missing/],
    ['cleanup', undefined, /send an object as JSON; "dryRun" is missing\. Known here: dryRun/],
    ['cleanup', { dry_run: true }, /"dry_run" is not known here: it is written "dryRun"/],
    ['scheduler/configure', { hours: 6 }, /"hours" is not known here: say when with "rule", such as "every 6h"/],
    ['scheduler/configure', { backup_times: ['02:00'] }, /"backup_times" is not known here: say when with "rule"/],
    ['scheduler/configure', { time_zone: 'UTC' }, /"time_zone" is not known here: it is written "timeZone"/],
    ['scheduler/configure', { unheard_of: 1 }, /"unheard_of" is not known here\. Known here: enabled, rule, timeZone/],
    [
      'cleanup',
      Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`made_up_${at}`, at])),
      /^The body: (?:"made_up_\d" is not known here(?:; |\. )){5}Known here: dryRun\.$/,
    ],
    ['scheduler/configure', undefined, /send an object as JSON\. Known here: enabled/],
  ];
  for (const [path, body, words] of refused) {
    const reply = await client.call('POST', `/api/backup/${path}`, body === undefined ? {} : { body });
    const { en, ja } = reply.body['words'] as Words;
    assert.deepEqual([reply.status, reply.body['detail']], [400, en]);
    assert.match(en, words);
    assert.match(ja, /^本文：.*[ぁ-ん]/);
  }
  assert.deepEqual(script.calls, []);
  assert.deepEqual(defects, []);
});

test('an unknown field is named by every operation, be it in the body or in the query', async (t) => {
  const { client } = await openScriptedApi(t);
  const paths = Object.entries(client.document.paths).flatMap(([template, operations]) =>
    Object.entries(operations as Record<string, { requestBody?: { content: object } }>).map(
      ([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path: template.replace('{name}', 'nescordbot_backup_20261120_020000').replace(/\{\w+\}/, '1'),
        takesJson: requestBody !== undefined && 'application/json' in requestBody.content,
      }),
    ),
  );
  assert.ok(paths.length > 25);
  for (const { method, path, takesJson } of paths) {
    const query = await client.call(method, `${path}?unheard_of=1`, takesJson ? { body: {} } : {});
    if (path !== '/login') assert.match(query.text, /unheard_of|is missing/, `${method} ${path}`);
    if (!takesJson) continue;
    const body = await client.call(method, path, { body: { unheard_of: 1 } });
    assert.equal(body.status, 400, path);
    assert.match(String(body.body['detail']), /"unheard_of" is not known here/, path);
  }
});

test('numbers are written in digits: nothing else passes for one, wherever numbers are asked for', async (t) => {
  const { client, defects } = await openScriptedApi(t);
  for (const number of [
    'Infinity',
    '-Infinity',
    '1e999',
    '1e1',
    '0x10',
    '+5',
    '5.0',
    ' 5',
    'NaN',
    '',
    '-1',
    '9'.repeat(17),
  ]) {
    for (const path of [
      'audit?limit=',
      'log?limit=',
      'integrity?limit=',
      'backup/history?offset=',
      'knowledge?limit=',
      'knowledge/',
    ]) {
      if (path === 'knowledge/' && number === '') continue;
      const { status, body } = await client.call('GET', `/api/${path}${encodeURIComponent(number)}`);
      const field = /(\w+)=$/.exec(path)?.[1] ?? 'id';
      assert.equal(status, 400, `${path}${number}`);
      assert.match(
        String(body['detail']),
        new RegExp(`"${field}" must be a whole number from \\d+ to \\d+, in digits`),
      );
    }
  }
  assert.equal((await client.call('GET', '/api/audit?limit=5')).status, 200);
  assert.deepEqual(defects, []);
  assert.deepEqual(
    ['0', '007', '-3', '12', '13', '1e1', '٣'].map((text) => wholeNumberIn(text, -3, 12)),
    [0, 7, -3, 12, null, null, null],
  );
});

test('in a body a text is a text: what is a number, null or a list is refused by name, and nothing is made of it', async (t) => {
  const { client, script, defects } = await openScriptedApi(t);
  const fields: readonly (readonly [string, string])[] = [
    ['/api/backup/create', 'reason'],
    ['/api/backup/verify', 'name'],
    ['/api/backup/scheduler/configure', 'rule'],
    ['/api/backup/scheduler/configure', 'timeZone'],
    ['/api/knowledge', 'text'],
    ['/api/knowledge', 'title'],
    ['/api/knowledge/ask', 'question'],
    ['/login', 'token'],
  ];
  for (const [path, field] of fields) {
    for (const value of ['1e999', '5', 'true', '["a"]', '{}', ...(field === 'reason' ? [] : ['null'])]) {
      const text = `{"${field}":${value}}`;
      const { status, body } = await client.call('POST', path, {
        body: Buffer.from(text),
        headers: { 'content-type': 'application/json' },
      });
      assert.equal(status, 400, `${path} ${text}`);
      const { en, ja } = body['words'] as Words;
      assert.equal(en, `"${field}" must be a text, in quotation marks.`);
      assert.match(ja, new RegExp(`^"${field}" には文字列`));
    }
  }
  assert.deepEqual(script.calls, []);
  assert.deepEqual(defects, []);
});

test('a body of thousands of fields or brackets is refused before it is read, and a long text is none', async (t) => {
  const { client, defects } = await openScriptedApi(t);
  const add = (json: string) =>
    client.call('POST', '/api/knowledge', { body: Buffer.from(json), headers: { 'content-type': 'application/json' } });
  const many = Array.from({ length: 5_000 }, (_, number) => `"k${number}":0`).join();
  for (const json of [
    `{${many}}`,
    `{"text":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
    `{"text":"a","title":${'{"a":'.repeat(20_000)}`,
    `{"text":"a\\\\",${many}}`,
    `{"text":${' '.repeat(100_000)}"a"}`,
  ]) {
    const { status, body } = await add(json);
    const { en, ja } = body['words'] as Words;
    assert.equal(status, 400);
    assert.match(en, /far more in it than any request here needs/);
    assert.match(ja, /内容が多すぎます/);
  }
  for (const end of ['', '\\', '"']) {
    const { status } = await add(JSON.stringify({ text: `${'Read "this", {and} [that].\n'.repeat(2_500)}${end}` }));
    assert.equal(status, 202);
  }
  assert.deepEqual(defects, []);
});
