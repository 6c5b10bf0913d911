import type { RunningBot } from './machine.ts';

type Body = Readonly<Record<string, unknown>>;
interface Listed {
  readonly name: string;
  readonly state: string;
  readonly standing: string;
  readonly kind: string | null;
}
interface Copies {
  readonly name: string;
  readonly behindSince: string | null;
}
interface Job {
  readonly href: string;
  readonly state: string;
}

const TAUGHT = /^(one|other)-\d+$/;

/** Somebody who has nothing but the API, as anybody has. */
export function createPerson(origin: string, token: string) {
  async function call(method: string, path: string, body?: Body): Promise<Body> {
    const response = await fetch(origin + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Body;
  }

  async function job(path: string, body?: Body): Promise<void> {
    let now = (await call('POST', path, body)) as Body & Job;
    while (now.state === 'queued' || now.state === 'running') now = (await call('GET', now.href)) as Body & Job;
    if (now.state !== 'done') throw new Error(`${path}: ${JSON.stringify(now)}`);
  }

  async function documents(): Promise<readonly { readonly id: number; readonly title: string }[]> {
    const { documents } = await call('GET', '/api/knowledge?limit=100');
    return (documents as { readonly id: number; readonly title: string }[]).filter(({ title }) => TAUGHT.test(title));
  }

  return {
    /** It says that it is ready. */
    look: () => call('GET', '/readyz'),
    titles: async () => (await documents()).map(({ title }) => title).sort(),
    async teach(title) {
      await call('POST', '/api/knowledge', { title, text: `What is known of ${title}.` });
    },
    async remove(title) {
      const found = (await documents()).find((one) => one.title === title);
      if (found !== undefined) await call('DELETE', `/api/knowledge/${found.id}`);
    },
    async ask() {
      await call('POST', '/api/knowledge/ask', { question: 'What is known?' });
    },
    backUp: () => job('/api/backup/create', {}),
    async backups() {
      const { backups } = await call('GET', '/api/backup/history');
      const own = (backups as Listed[]).filter(({ state, standing }) => state === 'good' && standing !== 'foreign');
      return own.map(({ name, kind }) => ({ name, isSafety: kind === 'safety' }));
    },
    async restore(name) {
      const { confirm } = await call('POST', `/api/backup/${name}/preview`);
      await job('/api/backup/restore', { name, confirm });
    },
    async tidyUp() {
      await call('POST', '/api/backup/cleanup', { dryRun: false });
    },
    sync: () => job('/api/backup/sync'),
    async coverage() {
      const copies = (await call('GET', '/api/overview'))['copies'] as Copies[];
      const isCovered = (isHere: boolean) =>
        copies.filter(({ name }) => (name === 'local') === isHere).map(({ behindSince }) => behindSince === null);
      return { here: isCovered(true)[0] ?? false, vaults: isCovered(false) };
    },
  } satisfies Omit<RunningBot, 'identity' | 'questions' | 'exportTo' | typeof Symbol.asyncDispose> & {
    readonly look: () => Promise<unknown>;
  };
}
