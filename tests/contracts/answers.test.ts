import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { AnswerEvent, Answers } from '../../src/knowledge/api.ts';
import { answerStage, passage, pieces } from '../support/answer-stage.ts';
import { createScriptedAnswers } from '../support/fake-answers.ts';

const engines: Record<string, (t: TestContext) => Answers> = {
  'the answers of production'(t) {
    const stage = answerStage(t, { passages: [passage(1, 'Be kind.')] }, pieces(['You should be kind. [1]']));
    const { document } = stage.store.knowledge.addDocument(
      { guildId: 'g', title: 'R', name: 'r.md', url: null, content: Buffer.from('x'), addedBy: 'u', replyTo: null },
      0,
    );
    stage.store.knowledge.markReady(document.id);
    return stage.answers;
  },
  'the answers that tests script': () => createScriptedAnswers(),
};

const request = { guildId: 'g', channelId: 'c', userId: 'u', locale: 'en', conversation: [] } as const;

async function eventsOf(answers: Answers, question: string, signal?: AbortSignal): Promise<AnswerEvent[]> {
  const events: AnswerEvent[] = [];
  for await (const event of answers.ask({ ...request, question, ...(signal && { signal }) })) events.push(event);
  return events;
}

async function answerTo(answers: Answers, question: string) {
  const last = (await eventsOf(answers, question)).at(-1);
  assert.ok(last?.kind === 'final');
  return last.answer;
}

for (const [name, open] of Object.entries(engines)) {
  test(`${name}: it searches, reads, writes, and the last word is the answer with its sources`, async (t) => {
    const events = await eventsOf(open(t), 'Why?');
    assert.deepEqual([...new Set(events.map(({ kind }) => kind))], ['searching', 'reading', 'text', 'final']);
    const last = events.at(-1);
    assert.ok(last?.kind === 'final');
    const { outcome, text, sources, passages, questionId, language } = last.answer;
    assert.deepEqual([outcome, language], ['answered', 'en']);
    assert.match(text, /\[1\]$/);
    assert.equal(sources[0]?.number, 1);
    assert.ok(passages.length > 0 && questionId > 0);
  });

  test(`${name}: an empty question is refused in words, and who stops waiting ends it`, async (t) => {
    const answers = open(t);
    await assert.rejects(eventsOf(answers, ''), { name: 'AppError', code: 'invalid' });
    await assert.rejects(eventsOf(answers, 'hang', AbortSignal.abort()), { name: 'AppError', code: 'aborted' });
  });

  test(`${name}: a conversation is found by the channel and by the message that carries the answer`, async (t) => {
    const answers = open(t);
    const { questionId } = await answerTo(answers, 'Why?');
    answers.linkMessage(questionId, 'm1');
    for (const turns of [answers.conversationBehind('m1'), answers.conversationIn('c')])
      assert.deepEqual([turns.map(({ role }) => role), turns[0]?.text], [['user', 'model'], 'Why?']);
    assert.deepEqual(answers.conversationBehind('m2'), []);
    assert.deepEqual(answers.conversationIn('c2'), []);
  });

  test(`${name}: votes and passages are of questions that were asked in that server`, async (t) => {
    const answers = open(t);
    const { questionId } = await answerTo(answers, 'Why?');
    assert.equal(answers.vote('g', questionId, 'u', 'up'), true);
    assert.equal(answers.vote('g', questionId + 99, 'u', 'up'), false);
    assert.equal(answers.vote('other', questionId, 'u', 'up'), false);
    assert.equal(answers.passagesOf('g', questionId)?.question, 'Why?');
    assert.equal(answers.passagesOf('other', questionId), null);
    assert.equal(answers.passagesOf('g', questionId + 99), null);
  });
}
