import type { Locale } from '../../src/errors.ts';
import { wordsIn } from '../../src/errors.ts';
import type { Log } from '../../src/log.ts';
import type { Access, OfferedFile, Request, View } from '../../src/discord/command.ts';
import type { Incoming, IncomingKind } from '../../src/discord/interaction.ts';
import type { Outbox, Place } from '../../src/discord/outbox.ts';

/** Notes what would have been sent, in order. */
export interface Sent {
  readonly how: 'acknowledge' | 'tell' | 'modal' | 'suggest' | 'edit' | 'send' | 'reply' | 'instead' | 'withdraw';
  readonly view?: View;
  readonly kind?: string;
  readonly choices?: readonly { name: string; value: string }[];
}

/** An outbox that keeps everything. `fail` may throw in place of Discord. */
export function recordingOutbox(fail: (sent: Sent) => void = () => {}): { outbox: Outbox; sent: Sent[] } {
  const sent: Sent[] = [];
  let lastId = 0;
  async function note(entry: Sent): Promise<string> {
    await Promise.resolve();
    fail(entry);
    sent.push(entry);
    lastId += 1;
    return `m${lastId}`;
  }
  const place = (): Place => ({
    messageId: null,
    edit: (view) => note({ how: 'edit', view }),
    send: (view) => note({ how: 'send', view }),
    withdraw: (view) => note({ how: 'withdraw', view }),
    instead: (view) => note({ how: 'instead', view }),
    isPrivate: false,
  });
  const outbox: Outbox = {
    async acknowledge(_key, kind) {
      const id = await note({ how: 'acknowledge', kind });
      return kind === 'update' ? null : id;
    },
    async tell(_key, view) {
      await note({ how: 'tell', view });
    },
    async openModal() {
      await note({ how: 'modal' });
    },
    async suggest(_key, choices) {
      await note({ how: 'suggest', choices });
    },
    interactionReply: place,
    channelMessage: place,
    say: (_channelId, view) => note({ how: 'instead', view }),
    replyTo: (_channelId, _messageId, view) => note({ how: 'reply', view }),
  };
  return { outbox, sent };
}

export interface Logged {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: object | undefined;
}

export function recordingLog(): { log: Log; lines: Logged[] } {
  const lines: Logged[] = [];
  const at = (level: Logged['level']) => (message: string, details?: object) => {
    lines.push({ level, message, details });
  };
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

let lastInteraction = 0;

/** An interaction as it would come from Discord. */
export function incoming(given: {
  readonly command: string;
  readonly kind?: IncomingKind;
  readonly action?: string;
  readonly level?: Access;
  readonly locale?: Locale;
  readonly userId?: string;
  readonly subcommand?: string;
  readonly args?: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly flags?: Readonly<Record<string, boolean>>;
  readonly file?: OfferedFile;
}): Incoming {
  lastInteraction += 1;
  const id = String(lastInteraction);
  const locale = given.locale ?? 'en';
  const request: Request = {
    guildId: 'g1',
    channelId: 'c1',
    inThread: false,
    userId: given.userId ?? 'u1',
    userName: given.userId ?? 'u1',
    locale,
    level: given.level ?? 'everyone',
    subcommand: given.subcommand ?? null,
    args: given.args ?? [],
    target: null,
    text: (name) => given.texts?.[name] ?? null,
    number: (name) => given.numbers?.[name] ?? null,
    flag: (name) => given.flags?.[name] ?? null,
    file: () => given.file ?? null,
    say: (words) => wordsIn(locale, words),
  };
  return {
    key: { id, token: `token-${id}`, applicationId: 'app' },
    kind: given.kind ?? 'command',
    command: given.command,
    action: given.action ?? '',
    onMessage: null,
    form: given.kind === 'modal' ? new Map(Object.entries(given.texts ?? {})) : null,
    request,
  };
}
