import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addressesIn } from '../../src/knowledge/markdown/addresses.ts';
import { sanitizeMarkdown } from '../../src/knowledge/markdown/sanitize.ts';
import { readByPackage, readByPlayground, type Reading } from '../support/markdown-readers.ts';
import { seeded } from '../support/seeded.ts';
import { sharedData } from '../support/shared-data.ts';

const ANSWERS = 2_000;
const samples = readFileSync(new URL('../fixtures/harmless-answers.md', import.meta.url), 'utf8').split(/\n%%\n/);

/** What is seen of it; a heading is left out, as it is meant to look like bold text, and so is what nobody sees. */
function look({ look }: Reading): string {
  return look
    .replace(/\b(?:autolink|url|br)\(/g, (kind) => (kind === 'br(' ? ' ' : 'link('))
    .replace(/ \)/g, ' ')
    .replace(/%(?:2[89]|5F)/g, decodeURIComponent)
    .replace(/\s+/g, ' ')
    .trim();
}

function assertLooksTheSame(answer: string, allowed: ReadonlySet<string>): void {
  const shown = sanitizeMarkdown(answer, allowed);
  for (const read of [readByPackage, readByPlayground])
    assert.equal(look(read(shown)), look(read(answer)), `${read.name}: ${JSON.stringify({ answer, shown })}`);
}

test(`${ANSWERS} harmless answers look the same as before in both clients`, () => {
  const random = seeded(20261130);
  const allowed = addressesIn(samples);
  for (let round = 0; round < ANSWERS; round += 1) {
    const parts = Array.from(
      { length: 1 + Math.floor(random() * 4) },
      () => samples[Math.floor(random() * samples.length)],
    );
    assertLooksTheSame(parts.join('\n\n'), allowed);
  }
});

const guide = sharedData('corpus', 'discordjs-guide');
const skip = guide === null && 'the optional folder of evaluation data is absent';

/** Without what is shown otherwise on purpose: links to nowhere, labels that are addresses, HTML and halves of blocks. */
function answersIn(page: string): string[] {
  return page
    .replace(/!?\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1')
    .replace(/\[(https?:[^\]]*)\]\(https?:[^)]*\)/g, '$1')
    .replace(/^(```\w+)[ \t]+$/gm, '$1')
    .replace(/^# .*\n/, '')
    .split(/^#{2,6} .*$/m)
    .map((section) => section.trim())
    .filter((section) => section.split('```').length % 2 === 1 && !/<\/?[a-z]+[ >]|^``` /im.test(section));
}

test('passages of a real guide look the same as before in both clients', { skip }, () => {
  const names = readdirSync(guide ?? '', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
  const pages = names.map((name) => readFileSync(join(guide ?? '', name), 'utf8'));
  const answers = pages.flatMap((page) => answersIn(page).map((answer) => ({ answer, allowed: addressesIn([page]) })));
  assert.ok(answers.length > 500, `${answers.length} answers`);
  for (const { answer, allowed } of answers) assertLooksTheSame(answer, allowed);
});
