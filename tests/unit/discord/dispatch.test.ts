import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscordAPIError } from 'discord.js';
import { AppError } from '../../../src/errors.ts';
import { createAllowance } from '../../../src/discord/allowance.ts';
import { slashCommand, type Command, type Services } from '../../../src/discord/command.ts';
import { createDispatch } from '../../../src/discord/dispatch.ts';
import { createLine } from '../../../src/discord/line.ts';
import { createPriority } from '../../../src/discord/priority.ts';
import { createTrouble } from '../../../src/discord/trouble.ts';
import { createWork } from '../../../src/discord/work.ts';
import { incoming, recordingLog, recordingOutbox, type Sent } from '../../support/fake-discord.ts';

function command(name: string, more: Partial<Command>): Command {
  return {
    data: slashCommand({ name, description: { en: name, ja: name } }),
    access: 'everyone',
    help: [],
    reply: 'public',
    run: () => ({ content: `${name} done` }),
    ...more,
  };
}

const MANY = { questions: 1000, windowMs: 60_000 };

/** A dispatcher with the commands given, and everything that it sent and logged. */
function house(
  commands: Command[],
  more: {
    fail?: (sent: Sent) => void;
    questions?: number;
    atOnce?: number;
    waiting?: number;
    deadlineMs?: number;
    acknowledgedAtOnce?: number;
  } = {},
) {
  const { outbox, sent } = recordingOutbox(more.fail);
  const { log, lines } = recordingLog();
  const trouble = createTrouble({ log, random: () => 0.5, clock: () => 0 });
  const work = createWork(
    { deadlineMs: more.deadlineMs ?? 60_000, editIntervalMs: 1, quietWaitMs: 0 },
    { trouble, log },
  );
  const user = { questions: more.questions ?? 1000, windowMs: 60_000 };
  const dispatch = createDispatch({
    services: { commands, clock: () => 0, audit: (event: object) => log.info('audit', event) } as unknown as Services,
    outbox,
    allowance: createAllowance({ user, guild: MANY }),
    line: createLine({ atOnce: more.atOnce ?? 4, waiting: more.waiting ?? 1000 }),
    work,
    priority: createPriority({ atOnce: more.acknowledgedAtOnce ?? 500, patienceMs: 100 }),
    trouble,
    log,
  });
  const texts = () => sent.map(({ how, view, kind }) => `${how} ${view?.content ?? kind ?? ''}`);
  return { dispatch, work, sent, lines, texts };
}

test('a command is acknowledged before it does anything, and its reply takes the place of the acknowledgement', async () => {
  const order: string[] = [];
  const { dispatch, texts } = house(
    [
      command('note', {
        run: () => {
          order.push('run');
          return { content: 'noted', more: [{ content: 'and more' }] };
        },
      }),
    ],
    { fail: ({ how }) => order.push(how) },
  );
  await dispatch(incoming({ command: 'note' }));
  assert.deepEqual(order, ['acknowledge', 'run', 'edit', 'send']);
  assert.deepEqual(texts(), ['acknowledge public', 'edit noted', 'send and more']);
});

test('people without the level are refused in words, alone, and the command does not run', async () => {
  const secret = command('secret', { access: 'operator', run: () => assert.fail('it ran') });
  const { dispatch, texts } = house([secret]);
  await dispatch(incoming({ command: 'secret', level: 'moderator' }));
  await dispatch(incoming({ command: 'secret', level: 'everyone', locale: 'ja' }));
  assert.deepEqual(texts(), [
    'tell 🔒 That is for the people who run this bot.',
    'tell 🔒 この操作はボットの運営者のみ行えます。',
  ]);
});

test('a button obeys its own access, or else that of its command', async () => {
  const buttons: Command['buttons'] = {
    vote: { access: 'everyone', reply: 'private', run: () => ({ content: 'voted' }) },
    wipe: { reply: 'update', run: () => assert.fail('it ran') },
  };
  const { dispatch, texts } = house([command('poll', { access: 'moderator', buttons })]);
  await dispatch(incoming({ command: 'poll', kind: 'button', action: 'vote' }));
  await dispatch(incoming({ command: 'poll', kind: 'button', action: 'wipe' }));
  assert.deepEqual(texts().slice(0, 2), ['acknowledge private', 'edit voted']);
  assert.match(texts()[2] ?? '', /^tell 🔒 That is for this server's moderators/);
});

test('commands, buttons and forms that are not there (any more) get words', async () => {
  const { dispatch, texts } = house([command('poll', { buttons: {} })]);
  await dispatch(incoming({ command: 'gone' }));
  await dispatch(incoming({ command: 'poll', kind: 'button', action: 'old' }));
  await dispatch(incoming({ command: 'poll', kind: 'button', action: 'constructor' }));
  await dispatch(incoming({ command: 'poll', kind: 'modal', action: 'old' }));
  assert.equal(texts().length, 4);
  for (const text of texts()) assert.match(text, /^tell I do not know that one any more/);
});

test('whoever teaches or operates the bot is acknowledged before all who wait for an answer', async () => {
  const { dispatch, sent } = house(
    [
      command('ask', {}),
      command('teach', { access: 'moderator', reply: 'private' }),
      command('look', { access: 'operator', reply: 'private' }),
    ],
    { acknowledgedAtOnce: 1 },
  );
  const all = [
    dispatch(incoming({ command: 'ask' })),
    dispatch(incoming({ command: 'ask' })),
    dispatch(incoming({ command: 'ask' })),
    dispatch(incoming({ command: 'teach', level: 'moderator' })),
    dispatch(incoming({ command: 'look', level: 'operator' })),
  ];
  await Promise.all(all);
  const kinds = sent.filter(({ how }) => how === 'acknowledge').map(({ kind }) => kind);
  assert.deepEqual(kinds, ['public', 'private', 'private', 'public', 'public']);
});

test('a refusal that comes too late to be read alarms nobody', async () => {
  const gone = new DiscordAPIError({ code: 10_062, message: 'gone' }, 10_062, 404, 'POST', '/', {
    files: [],
    body: {},
  });
  const { dispatch, lines } = house([command('ask', { cost: 'question' })], {
    questions: 0,
    fail: ({ how }) => {
      if (how === 'tell') throw gone;
    },
  });
  await dispatch(incoming({ command: 'ask' }));
  assert.deepEqual(
    lines.filter(({ level }) => level === 'warn' || level === 'error'),
    [],
  );
});

test('a failure reaches the person as words with an id, and the log has the cause under the same id', async () => {
  const cause = new Error('connect ECONNREFUSED 10.0.0.7 password=hunter2');
  const { dispatch, texts, lines } = house([command('ask', { run: () => Promise.reject(cause) })]);
  await dispatch(incoming({ command: 'ask', locale: 'ja' }));
  const told = texts().at(-1) ?? '';
  const id = /（インシデント ([0-9A-Z]{5})）/.exec(told)?.[1];
  assert.ok(id !== undefined, told);
  assert.doesNotMatch(told, /ECONNREFUSED|hunter2/);
  const logged = lines.find(({ level }) => level === 'error');
  assert.match(logged?.message ?? '', new RegExp(id));
  assert.partialDeepStrictEqual(logged?.details, { error: cause });
});

test('words for people are passed on, with the time for trying again', async () => {
  const error = new AppError('limit', { en: 'Gemini is out of quota.', ja: '…' }, { retryAfterMs: 60_000 });
  const { dispatch, texts, lines } = house([command('ask', { run: () => Promise.reject(error) })]);
  await dispatch(incoming({ command: 'ask' }));
  assert.match(texts().at(-1) ?? '', /^edit ⚠️ Gemini is out of quota\. Try again <t:60:R>\.$/);
  assert.equal(lines.filter(({ level }) => level === 'error').length, 0, 'an expected refusal alarms nobody');
});

test('a refusal of the person takes a public reply away, and any failure of a form gives back what was typed', async () => {
  const codes = ['invalid', 'not_found', 'forbidden', 'conflict', 'busy', 'limit', 'unavailable', 'damaged'] as const;
  const hows = await Promise.all(
    codes.map(async (code) => {
      const failing = command('do', { run: () => Promise.reject(new AppError(code, code)) });
      const { dispatch, sent } = house([failing]);
      await dispatch(incoming({ command: 'do' }));
      return sent.at(-1)?.how;
    }),
  );
  assert.deepEqual(hows, [...Array<string>(5).fill('withdraw'), ...Array<string>(3).fill('edit')]);

  const modals: Command['modals'] = {
    form: { reply: 'public', run: () => Promise.reject(new Error('broken')) },
    closed: { access: 'operator', reply: 'public', run: () => assert.fail('it ran') },
  };
  for (const [action, how] of [
    ['form', 'withdraw'],
    ['closed', 'tell'],
    ['gone', 'tell'],
  ] as const) {
    const { dispatch, sent } = house([command('do', { modals })]);
    const texts = { text: 'typed for long', link: ' ' };
    await dispatch(incoming({ command: 'do', kind: 'modal', action, texts }));
    const last = sent.at(-1);
    assert.equal(last?.how, how);
    const files = last?.view?.files?.map(({ name, content }) => [name, Buffer.from(content).toString()]);
    assert.deepEqual(files, [['text.md', 'typed for long']]);
  }
});

test('a failed button of a list leaves the list, and tells of the failure beside it', async () => {
  const buttons: Command['buttons'] = { page: { reply: 'update', run: () => Promise.reject(new Error('broken')) } };
  const { dispatch, texts } = house([command('list', { buttons })]);
  await dispatch(incoming({ command: 'list', kind: 'button', action: 'page' }));
  assert.match(texts().at(-1) ?? '', /^send ⚠️ Something went wrong/);
});

test('whoever asks too often is told alone, before anything public appears', async () => {
  const { dispatch, texts } = house([command('ask', { cost: 'question' })], { questions: 1 });
  await dispatch(incoming({ command: 'ask' }));
  await dispatch(incoming({ command: 'ask' }));
  assert.match(texts().at(-1) ?? '', /^tell ⚠️ You have asked 1 question in a short time\. Try again <t:\d+:R>\./);
});

test('two hundred questions at once are all acknowledged before the first is answered', async () => {
  const held = Promise.withResolvers<{ content: string }>();
  const { dispatch, sent } = house([command('ask', { cost: 'question', run: () => held.promise })], { atOnce: 4 });
  const all = Array.from({ length: 200 }, (_, index) => dispatch(incoming({ command: 'ask', userId: `u${index}` })));
  const waiting = () => sent.filter(({ view }) => /You are number \d+ in the line/.test(view?.content ?? '')).length;
  while (waiting() < 196) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(sent.filter(({ how }) => how === 'acknowledge').length, 200);
  assert.equal(waiting(), 196);
  held.resolve({ content: 'answered' });
  await Promise.all(all);
  assert.equal(sent.filter(({ view }) => view?.content === 'answered').length, 200);
});

test('when the line is full, people are told so at once', async () => {
  const held = Promise.withResolvers<{ content: string }>();
  const { dispatch, texts } = house([command('ask', { cost: 'question', run: () => held.promise })], {
    atOnce: 1,
    waiting: 1,
  });
  const first = dispatch(incoming({ command: 'ask', userId: 'a' }));
  const second = dispatch(incoming({ command: 'ask', userId: 'b' }));
  await dispatch(incoming({ command: 'ask', userId: 'c' }));
  assert.ok(texts().some((text) => text.startsWith('tell ⚠️ Very many questions')));
  held.resolve({ content: 'answered' });
  await Promise.all([first, second]);
});

test('interactions that expired, were answered already or whose message is gone are let go quietly', async () => {
  for (const code of [10_062, 40_060, 50_027, 10_008]) {
    const gone = new DiscordAPIError({ code, message: 'gone' }, code, 404, 'POST', '/', { files: [], body: {} });
    const at = code === 10_008 || code === 50_027 ? 'edit' : 'acknowledge';
    const { dispatch, texts, lines } = house([command('ask', { cost: 'question' })], {
      atOnce: 1,
      waiting: 0,
      fail: ({ how }) => {
        if (how === at) throw gone;
      },
    });
    await dispatch(incoming({ command: 'ask' }));
    await dispatch(incoming({ command: 'ask' })); // the place in the line was given back
    assert.deepEqual(
      lines.filter(({ level }) => level !== 'debug'),
      [],
      String(code),
    );
    assert.ok(
      texts().every((text) => text.startsWith('acknowledge')),
      String(code),
    );
  }
});

test('work that takes too long ends with words, and so does work that a restart interrupts', async () => {
  const endless = command('ask', {
    run: (request) =>
      new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason));
      }),
  });
  const slow = house([endless], { deadlineMs: 20 });
  await slow.dispatch(incoming({ command: 'ask' }));
  assert.match(slow.texts().at(-1) ?? '', /^edit ⚠️ That took too long/);
  const stopping = house([endless]);
  const running = stopping.dispatch(incoming({ command: 'ask' }));
  await new Promise((resolve) => setImmediate(resolve));
  await stopping.work.close({ finishMs: 0, tellMs: 60_000 });
  await running;
  assert.match(stopping.texts().at(-1) ?? '', /^edit ⚠️ I am being restarted/);
});

test('when the bot leaves, an answer that has begun may end, and whoever waits in the line is told at once', async () => {
  const begun = Promise.withResolvers<string>();
  const slow = command('ask', { cost: 'question', run: async () => ({ content: await begun.promise }) });
  const { dispatch, work, texts } = house([slow], { atOnce: 1 });
  const first = dispatch(incoming({ command: 'ask' }));
  await new Promise((resolve) => setImmediate(resolve));
  const second = dispatch(incoming({ command: 'ask' }));
  await new Promise((resolve) => setImmediate(resolve));
  const closed = work.close({ finishMs: 60_000, tellMs: 60_000 });
  await second;
  assert.match(texts().at(-1) ?? '', /I am being restarted/);
  begun.resolve('The answer.');
  await Promise.all([first, closed]);
  assert.match(texts().at(-1) ?? '', /The answer\./);
});

test('suggestions come for people who may have them, and never fail', async () => {
  const complete = () => Array.from({ length: 40 }, (_, index) => ({ name: `${index}`, value: `${index}` }));
  const { dispatch, sent } = house([
    command('good', { complete, access: 'moderator' }),
    command('bad', {
      complete: () => {
        throw new Error('broken');
      },
    }),
  ]);
  await dispatch(incoming({ command: 'good', kind: 'suggest', level: 'moderator' }));
  await dispatch(incoming({ command: 'good', kind: 'suggest' }));
  await dispatch(incoming({ command: 'bad', kind: 'suggest' }));
  assert.deepEqual(
    sent.map(({ choices }) => choices?.length),
    [25, 0, 0],
  );
});
