import assert from 'node:assert/strict';
import { test } from 'node:test';
import { courtesyIn } from '../../../src/knowledge/courtesy-model.ts';

test('greetings, thanks and the question what the bot can do are recognised in both languages', () => {
  for (const [text, courtesy, language] of [
    ['hello', 'hello', 'en'],
    ['Hi there!', 'hello', 'en'],
    ['  Good morning ☀️ ', 'hello', 'en'],
    ['thanks!', 'thanks', 'en'],
    ['Thank you so much 🙏', 'thanks', 'en'],
    ['What can you do?', 'abilities', 'en'],
    ['Hello! What can you do?', 'abilities', 'en'],
    ['ＨＥＬＬＯ', 'hello', 'en'],
    ['こんにちは', 'hello', 'ja'],
    ['おはようございます！', 'hello', 'ja'],
    ['ありがとう', 'thanks', 'ja'],
    ['ありがとうございました。助かりました！', 'thanks', 'ja'],
    ['何ができますか', 'abilities', 'ja'],
    ['こんにちは！何ができますか？', 'abilities', 'ja'],
  ] as const)
    assert.deepEqual(courtesyIn(text), { courtesy, language }, text);
});

test('a real question is never taken for small talk, however politely it begins or ends', () => {
  for (const text of [
    'Hello, how do I reset the lamp?',
    'How do I reset the lamp? Thanks!',
    'What can you do about spam?',
    'What can you do with intents?',
    'thanks to whom was the harbour built',
    'help with intents',
    'Who are you allowed to ban?',
    'hello world example',
    'hi-fi',
    'good morning message settings',
    'こんにちは、営業時間は？',
    'ありがとうの伝え方は？',
    '何ができますか 音声チャンネルで',
    'ボイスチャンネルでは何ができますか',
    '使い方',
    '',
    '???',
    'hello '.repeat(20),
  ])
    assert.equal(courtesyIn(text), null, text);
});
