import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withoutHalf } from '../eval/data-set.ts';
import { loadSets } from '../eval/load.ts';
import { ndcgAt, recallAt } from '../eval/metrics.ts';
import { tempFolder } from '../support/temp-store.ts';

test('recall counts the relevant among the first, nDCG also where they stand', () => {
  const relevant = new Map([
    [1, 1],
    [2, 1],
  ]);
  assert.equal(recallAt(5, [1, 9, 9, 9, 9, 2], relevant), 0.5);
  assert.equal(ndcgAt(10, [1, 2], relevant), 1);
  assert.equal(ndcgAt(10, [9, 9], relevant), 0);
  const late = ndcgAt(10, [9, 1, 2], relevant);
  assert.ok(late > 0.6 && late < 0.8);
  assert.ok(
    ndcgAt(
      10,
      [2, 1],
      new Map([
        [1, 3],
        [2, 1],
      ]),
    ) < 1,
    'a better passage belongs first',
  );
});

test('SQuAD’s form gives each question its paragraph, without the impossible ones', (t) => {
  const folder = tempFolder(t);
  const qas = [{ question: 'Q1' }, { question: 'Q2', is_impossible: true }];
  const paragraphs = [
    { context: 'T [SEP] one', qas },
    { context: 'two', qas: [{ question: 'Q3' }] },
    { context: 'T [SEP] one', qas: [{ question: 'Q4' }] },
  ];
  writeFileSync(join(folder, 'dev.json'), JSON.stringify({ version: '1', data: [{ title: 'T', paragraphs }] }));
  const [set] = loadSets(folder);
  assert.deepEqual(
    set?.documents.flatMap(({ passages }) => passages.map(({ text }) => text)),
    ['one', 'two'],
  );
  assert.deepEqual(
    set.queries.map(({ text, relevant }) => [text, relevant.keys().next().value]),
    [
      ['Q1', 0],
      ['Q3', 1],
      ['Q4', 0],
    ],
  );
});

test('TREC’s form is read whatever the files are called, topics numbered by number or by position', (t) => {
  const docs =
    '<DOC>\n<DOCNO> A-1 </DOCNO><TITLE>One &amp; only</TITLE><TEXT>text one</TEXT></DOC><doc><docno>B</docno><text>two</text></doc>';
  const topics =
    '<top><num> Number: 301 <title> first\n<desc> Description: x</top><top><num> 305</num><title>second</title></top>';
  const byNumber = ['301 0 A-1 1', '305 0 B 2', '305 0 A-1 0'].join('\n');
  const byPosition = ['1 0 A-1 1', '2 0 B 1'].join('\r\n');
  for (const judgements of [byNumber, byPosition]) {
    const folder = tempFolder(t);
    mkdirSync(join(folder, 'more'));
    for (const [name, text] of Object.entries({ 'README.md': '<docno>', a: docs, 'b.xml': topics, c: judgements })) {
      writeFileSync(join(folder, name), text);
    }
    const [set] = loadSets(folder);
    assert.equal(set?.documents[0]?.title, 'One & only');
    assert.deepEqual(
      set.queries.map(({ text, relevant }) => [text, relevant.keys().next().value]),
      [
        ['first', 0],
        ['second', 1],
      ],
    );
  }
});

test('a folder without a set says what was looked for', (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, 'notes.txt'), 'hello');
  assert.throws(() => loadSets(folder), /no documents and no topics and no judgements/);
  writeFileSync(join(folder, 'set.json'), '{"data":[{"title":"T","paragraphs":[]}]}');
  assert.throws(() => loadSets(folder), /no question/);
});

test('leaving out half of the documents leaves their questions without an answer', () => {
  const documents = [0, 1].map((n) => ({
    title: `${n}`,
    passages: [
      { id: n * 2, text: '' },
      { id: n * 2 + 1, text: '' },
    ],
  }));
  const queries = [0, 1, 2, 3].map((id) => ({ text: `${id}`, relevant: new Map([[id, 1]]) }));
  const { kept, uncovered } = withoutHalf({ name: 'x', documents, queries });
  assert.deepEqual([kept.length, ...uncovered.map(({ text }) => text)], [1, '2', '3']);
});
