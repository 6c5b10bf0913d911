import type { DiscordOptions } from '../../src/discord/open-discord.ts';
import type { Library } from '../../src/knowledge/api.ts';
import type { Document, Job } from '../../src/knowledge/model.ts';
import { createScriptedAnswers } from './fake-answers.ts';

export interface ScriptedLibrary {
  readonly knowledge: Pick<DiscordOptions, 'library' | 'answers' | 'settings'>;
  /** Moves the one job on, and tells who watches it. */
  change(now: Partial<Job>): void;
}

/** A library of one document, whose indexing goes as the test says, and which outlives a bot. */
export function createScriptedLibrary(): ScriptedLibrary {
  const settings = new Map<string, unknown>();
  const watchers = new Set<(job: Job) => void>();
  let document: Document | null = null;
  let job: Job | null = null;
  const known = <Thing>(thing: Thing | null): Thing => {
    if (thing === null) throw new Error('Nothing was added yet.');
    return thing;
  };
  const library: Partial<Library> = {
    add({ guildId, title, name, content, addedBy, replyTo = null }) {
      const shared = { id: 1, guildId, failure: null };
      document = {
        ...shared,
        title: title ?? name,
        name,
        url: null,
        contentHash: '',
        sizeBytes: content.byteLength,
        addedBy,
        addedAt: 0,
        state: 'queued',
        chunkCount: 800,
      };
      job = {
        ...shared,
        kind: 'ingest',
        documentId: 1,
        state: 'queued',
        step: 'waiting',
        done: 0,
        total: 0,
        attempts: 0,
        notBefore: 0,
        replyTo,
        createdAt: 0,
      };
      return { document, job, duplicate: false };
    },
    show: () => ({ document: known(document), firstChunks: [], job }),
    job: () => job,
    openJobs: () => (job === null || job.state === 'done' ? [] : [job]),
    watchJob(_id, onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
  };
  return {
    knowledge: {
      library: library as Library,
      answers: createScriptedAnswers(),
      settings: {
        setting: (scope, key) => settings.get(`${scope}/${key}`),
        saveSetting: (scope, key, value) => void settings.set(`${scope}/${key}`, value),
      },
    },
    change(now) {
      job = { ...known(job), ...now };
      for (const watcher of watchers) watcher(job);
    },
  };
}
