import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDoor } from '../../src/app/door.ts';
import type { KnowledgeBase } from '../../src/app/knowledge-base.ts';
import type { Answers, AskRequest, Library } from '../../src/knowledge/api.ts';
import { AppError } from '../../src/errors.ts';

const request: AskRequest = {
  guildId: 'g',
  channelId: 'c',
  userId: 'u',
  question: 'q',
  locale: 'en',
  conversation: [],
};

/** Answers with one event, then waits until it is told to end. */
function slowKnowledge() {
  const going = Promise.withResolvers<void>();
  const answers = {
    async *ask({ signal }: AskRequest) {
      yield { kind: 'searching' };
      const ended = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => ended.reject(new AppError('aborted', 'ended')));
      await Promise.race([going.promise, ended.promise]);
      yield { kind: 'reading', passages: 1 };
    },
  } as Partial<Answers> as Answers;
  const library = {
    job: () => null,
    add: () => ({ duplicate: false }),
    remove: () => ({}),
  } as unknown as Library;
  const store = { condition: { trouble: () => null } } as unknown as KnowledgeBase['store'];
  return { knowledge: { answers, library, store } as KnowledgeBase, finish: () => going.resolve() };
}

async function events(asked: AsyncIterable<{ kind: string }>): Promise<string[]> {
  const kinds: string[] = [];
  for await (const { kind } of asked) kinds.push(kind);
  return kinds;
}

test('an answer under way is waited for, and only then the knowledge base is given away', async () => {
  const door = createDoor();
  const { knowledge, finish } = slowKnowledge();
  door.put(knowledge);
  const starting = { code: 'busy', message: /still starting/ };
  assert.throws(() => door.library.status('g'), starting, 'what was put there is not open yet');
  door.open();
  const answer = events(door.answers.ask(request));
  let left: KnowledgeBase | null = null;
  const emptied = door.empty(60_000).then((found) => (left = found));
  await assert.rejects(events(door.answers.ask(request)), { code: 'busy', message: /restoring a backup/ });
  assert.equal(left, null);
  finish();
  assert.deepEqual(await answer, ['searching', 'reading']);
  assert.equal(await emptied, knowledge);
});

test('an answer that takes too long is ended, and told why', async () => {
  const door = createDoor();
  door.put(slowKnowledge().knowledge);
  door.open();
  const answer = events(door.answers.ask(request));
  const refused = assert.rejects(answer, { code: 'busy', message: /restoring a backup/ });
  await door.empty(1);
  await refused;
});

test('an answer under way is given time before the bot stops, and is then told that it is', async () => {
  const door = createDoor();
  const { knowledge, finish } = slowKnowledge();
  door.put(knowledge);
  door.open();
  await door.quiet(60_000); // at once: nothing is under way
  const [first, second] = [events(door.answers.ask(request)), events(door.answers.ask(request))];
  await door.quiet(1);
  const restarting = { code: 'unavailable' as const, message: 'I am being restarted.' };
  const refused = [first, second].map((one) => assert.rejects(one, restarting));
  await door.empty(0, () => new AppError(restarting.code, restarting.message));
  await Promise.all(refused);
  assert.throws(() => door.library.status('g'), restarting);
  door.put(knowledge);
  door.open();
  const third = events(door.answers.ask(request));
  finish();
  await door.quiet(60_000);
  assert.deepEqual(await third, ['searching', 'reading']);
});

test('while it is held, nothing is changed and answers go on; changes, exchanges and the return of people are told', async () => {
  const door = createDoor();
  const { knowledge, finish } = slowKnowledge();
  const told: string[] = [];
  door.onChange(() => told.push('change'));
  door.onExchange(() => told.push('exchange'));
  door.onReturn(() => told.push('return'));
  door.put(knowledge);
  door.open();
  door.library.remove('g', 1);
  door.hold();
  assert.throws(() => door.library.remove('g', 1), { code: 'busy' });
  assert.throws(() => door.settings.saveSetting('g', 'k', 1), { code: 'busy' });
  finish();
  assert.deepEqual(await events(door.answers.ask(request)), ['searching', 'reading']);
  door.open();
  assert.deepEqual(told, ['change', 'return'], 'the same knowledge base was opened again');
  await door.empty(1);
  door.put(slowKnowledge().knowledge);
  door.open();
  assert.deepEqual(told, ['change', 'return', 'exchange', 'return']);
});
