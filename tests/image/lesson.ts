import assert from 'node:assert/strict';
import { openPerson } from './person.ts';

const DOCUMENT = `# Harbour

## Tide tables

The tide tables hang in the harbour office, beside the green lamp.
`;
const TEACHING_MS = 30_000;

/** A moderator attaches a file to /knowledge add and waits until it is learned. */
export async function teach(origin: string): Promise<void> {
  using moderator = await openPerson(origin, 'moderator');
  const file = await moderator.person.upload('harbour.md', DOCUMENT, 'text/markdown');
  const added = await moderator.person.command('knowledge add', { file });
  await added.reply(({ content }) => content.includes('is learned'), TEACHING_MS);
}

/** A member asks, and the answer is right and names its source; where the tables hang is the result. */
export async function ask(origin: string): Promise<string> {
  using member = await openPerson(origin, 'member');
  const asked = await member.person.command('ask', { question: 'Where do the tide tables hang?' });
  const { content } = await asked.reply((message) => message.content.includes('offline engine'));
  assert.match(content, /harbour › Tide tables/i);
  const place = /in the harbour office, beside the green lamp/.exec(content)?.[0];
  assert.ok(place !== undefined, content);
  return `answers “${place}”`;
}
