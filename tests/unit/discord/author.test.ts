import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorIn } from '../../../src/discord/author.ts';

test('by whom something was done is said as it was: a person, a token by its name, the shell', () => {
  const said = (id: string, name?: string) => [authorIn('en', id, name), authorIn('ja', id, name)];
  assert.deepEqual(said('123456789012345678', 'Mika'), ['<@123456789012345678>', '<@123456789012345678>']);
  assert.deepEqual(said('api:ops'), ['API (token ops)', 'API（トークン ops）']);
  assert.deepEqual(said('dashboard:ops'), ['dashboard (token ops)', 'ダッシュボード（トークン ops）']);
  assert.deepEqual(said('cli', 'shell'), ['shell', 'シェル']);
  assert.deepEqual(said('schedule'), ['schedule', 'スケジュール']);
  assert.equal(authorIn('en', 'api:@everyone **x**').includes('@everyone **x**'), false);
});
