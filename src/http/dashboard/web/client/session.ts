import { call, get, post, Refused, Unreachable, whenSignedOut } from './api.ts';
import { goLive, hangUp } from './live.ts';
import type { Who } from './model.ts';
import { closeDialog } from './open-dialog.ts';
import { change, current } from './store.ts';

/** What the playground's page hands over: good once, and kept out of logs and histories. */
function takeTicket(): string | null {
  const [, ticket] = /^#enter=([\w-]+)$/.exec(location.hash) ?? [];
  if (ticket === undefined) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return ticket;
}

const KEY = 'dashboard-in';

/** The cookie cannot be seen from here. Where nothing can be remembered, asking tells. */
function wasIn(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return true;
  }
}

function setIn(isIn: boolean): void {
  try {
    if (isIn) localStorage.setItem(KEY, 'yes');
    else localStorage.removeItem(KEY);
  } catch {
    // Private windows may refuse storage.
  }
}

export async function enter(): Promise<void> {
  whenSignedOut(signedOut);
  const ticket = takeTicket();
  if (ticket !== null && (await logIn(ticket)) === null) return;
  // Without a log-in there is nothing to ask for, and no refusal to cause.
  if (!wasIn()) return change({ who: null });
  try {
    welcome(await get<Who>('/api/session'));
  } catch (error) {
    if (error instanceof Unreachable) setTimeout(() => void enter(), 3_000);
    change({ who: null, ended: false, line: error instanceof Unreachable ? 'lost' : current().line });
  }
}

/** Null when somebody is logged in now, or why not. */
export async function logIn(token: string): Promise<Refused | Unreachable | null> {
  try {
    welcome(await post<Who>('/login', { token }));
    return null;
  } catch (error) {
    if (error instanceof Refused || error instanceof Unreachable) return error;
    throw error;
  }
}

export async function logOut(): Promise<void> {
  await call('POST', '/logout').catch(() => null);
  signedOut();
  change({ ended: false });
}

function welcome(who: Who): void {
  setIn(true);
  change({ who, ended: false });
  goLive();
}

function signedOut(): void {
  setIn(false);
  hangUp();
  closeDialog();
  const { who, ended } = current();
  // What was shown belongs to whoever was logged in.
  change({
    who: null,
    // Of several requests that are refused at once, the first has said it.
    ended: who === null ? ended : who !== undefined,
    overview: null,
    live: null,
    integrity: null,
    log: [],
    jobs: new Map(),
    notices: [],
    line: 'connecting',
  });
}
