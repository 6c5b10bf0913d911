import { VARIABLE_NAMES } from './environment.ts';
import type { VariableName } from './variables.ts';

/** What belongs to the system, to Node, to Compose, to our own compose.yaml, to platforms and to libraries. */
const OTHERS =
  /^(?:(?:NODE|NPM|UV|LC|COMPOSE|DOCKER|BUILDKIT|RAILWAY|KUBERNETES|AWS|GIT|SSL|LD|XDG|SSH|PODMAN|SYSTEMD)_\w+|(?:HTTPS?|ALL|NO|FTP)_PROXY|(?:NO|FORCE)_COLOR|CHROMA_(?:PORT|SERVICE)\w*|NESCORDBOT_PORT|TZ|LANG|LANGUAGE|PATH|HOME|HOSTNAME|USER|LOGNAME|SHELL|SHLVL|TERM|TMPDIR|TEMP|TMP|PWD|OLDPWD|UID|GID|PUID|PGID|UMASK|DEBUG|CI|EDITOR|MAIL|_)$/i;

const OURS: ReadonlySet<string> = new Set(VARIABLE_NAMES);

/** The bot reads it, or it is plainly for another program. */
export const isKnown = (name: string): boolean => OURS.has(name) || OTHERS.test(name);

/** The variable that was probably meant; null where none is near. */
export function nearestVariable(name: string): VariableName | null {
  const upper = name.toUpperCase();
  const most = upper.length > 5 ? 2 : 1;
  const near = VARIABLE_NAMES.map((known) => ({ known, steps: distance(upper, known) }))
    .filter(({ steps }) => steps <= most)
    .sort((one, other) => one.steps - other.steps)[0];
  return near?.known ?? null;
}

/** Levenshtein distance: how many characters are another, too many or too few. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [index, character] of Array.from(one).entries()) {
    const next = [index + 1];
    for (let at = 0; at < other.length; at += 1) {
      const replaced = (row[at] ?? 0) + (character === other[at] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
