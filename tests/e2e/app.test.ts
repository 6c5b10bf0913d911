import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openApp, type App } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import type { ClientMessage } from '../../src/playground/client-state.ts';
import { recordingLog, type Logged } from '../support/fake-discord.ts';
import { personOf } from '../support/app-person.ts';
import { quiet } from '../support/quiet.ts';
import { tempFolder } from '../support/temp-store.ts';

const final = (message: ClientMessage) => /offline engine/.test(message.content);

async function start(folder: string): Promise<{ app: App; lines: Logged[] }> {
  const { log, lines } = recordingLog();
  const config = parseConfig({
    DATABASE_URL: `sqlite:${join(folder, 'nescordbot.db')}`,
    CHROMADB_PERSIST_DIRECTORY: join(folder, 'chromadb'),
    BACKUP_DIRECTORY: join(folder, 'backups'),
    ...quiet,
    PORT: '0',
  });
  const app = await openApp(config, { log });
  return { app, lines };
}

test('without a token or a key the whole bot starts, has read its own pages, and answers after a restart', async (t) => {
  const folder = tempFolder(t);
  await mkdir(join(folder, 'chromadb'));
  await mkdir(join(folder, 'backups'));
  for (const time of ['first', 'second']) {
    const { app, lines } = await start(folder);
    try {
      const [guildId = ''] = app.knowledge.store.knowledge.guildsWithDocuments();
      await Promise.all(app.knowledge.library.openJobs().map((job) => over(app, job.id)));
      assert.ok(app.knowledge.library.status(guildId).ready > 0, 'it has read its own pages');
      const asked = await personOf(app, 'member').command('ask', {
        question: 'How do I get a Discord token for the bot?',
      });
      const { content } = await asked.reply(final);
      assert.match(content, /\[1\]/);
      assert.equal(app.discord.status().state, 'ok');
      const uploaded = lines.filter(({ message }) => /^Uploaded \d+ commands for/.test(message)).length;
      assert.ok(uploaded > 0, `${time}: the playground forgets, so they are uploaded each time`);
      assert.deepEqual(
        lines.filter(({ level }) => level === 'error'),
        [],
      );
    } finally {
      await app[Symbol.asyncDispose]();
    }
  }
});

function over({ knowledge: { library } }: App, jobId: number): Promise<void> {
  return new Promise((resolve) => {
    library.watchJob(jobId, ({ state }) => {
      if (state === 'done' || state === 'failed') resolve();
    });
  });
}
