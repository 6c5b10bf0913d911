import process from 'node:process';
import type { Writable } from 'node:stream';
import { createLogger, format, transports, type Logger } from 'winston';
import { beginning, visibleText, withTimes } from './plain-text.ts';
import type { LineFile } from './log/line-file.ts';

export interface Log {
  debug(message: string, details?: object): void;
  info(message: string, details?: object): void;
  warn(message: string, details?: object): void;
  error(message: string, details?: object): void;
}

/** For what nobody wants to read about. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: string;
  /** With secrets masked; a stack has several lines. */
  readonly text: string;
}

/** The last lines that were written. */
export interface LogTail {
  /** Oldest first. */
  lines(): readonly LogLine[];
  /** Returns the way to stop. */
  onLine(listener: (line: LogLine) => void): () => void;
}

export interface RecordedLog extends Log {
  readonly tail: LogTail;
}

/**
 * What looks like a vendor's key even when it is not ours: Discord tokens, Google keys, bearer headers, and the tokens of
 * webhooks and interactions, which discord.js's errors have in their addresses.
 */
const KEY_SHAPES = [
  /\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}\b/g,
  /\bAIza[\w-]{30,}\b/g,
  /(?<=\bBearer\s+)[\w.~+/-]{16,}=*/gi,
  /(?<=[?&]key=)[^&\s"]+/g,
  /(?<=\/(?:webhooks|interactions)\/\d{17,20}\/)[^/?\s"]+/g,
];

const MASK = '•••';
const LEVELS: readonly string[] = ['error', 'warn', 'info', 'debug'] satisfies LogLevel[];

/** One line per message; errors among the details are written with their causes. */
export function createLog(
  level: LogLevel,
  secrets: readonly string[],
  to: Writable = process.stdout,
  file: Pick<LineFile, 'append'> | null = null,
): RecordedLog {
  const redact = createRedaction(secrets);
  const { record, tail } = createTail();
  // Formats see every line; only then do the transports look at its level.
  const shown = new Set(LEVELS.slice(0, LEVELS.indexOf(level) + 1));
  const wanted = format((info) => shown.has(info.level) && info);
  to.on('error', () => undefined); // a disk that is full, a reader that is gone: no reason for the bot to end
  const line = format.printf(({ timestamp, level, message, details }) => {
    const text = withTimes(harmless(redact(`${String(message)}${rendered(details)}`)));
    record({ at: Date.parse(String(timestamp)), level, text });
    const written = `${String(timestamp)} ${level.padEnd(5)} ${text}`;
    file?.append(written);
    return written;
  });
  const logger: Logger = createLogger({
    level,
    format: format.combine(wanted(), format.timestamp(), line),
    transports: [new transports.Stream({ stream: to })],
  });
  return {
    debug: (message, details) => void logger.debug(message, { details }),
    info: (message, details) => void logger.info(message, { details }),
    warn: (message, details) => void logger.warn(message, { details }),
    error: (message, details) => void logger.error(message, { details }),
    tail,
  };
}

/** Texts that people wrote are in it: none of them can look like a line of its own, or drive a terminal. */
function harmless(text: string): string {
  return visibleText(text.replaceAll('\r\n', '\n')).replaceAll(/\n(?! {4})/g, '\n    ');
}

const LINES_KEPT = 500;
const LINE_CHARACTERS = 4_000;

function createTail(): { readonly record: (line: LogLine) => void; readonly tail: LogTail } {
  const lines: LogLine[] = [];
  const listeners = new Set<(line: LogLine) => void>();
  return {
    record(whole) {
      const line = { ...whole, text: beginning(whole.text, LINE_CHARACTERS) };
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      for (const tell of listeners) tell(line);
    },
    tail: {
      lines: () => [...lines],
      onLine(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

export function createRedaction(secrets: readonly string[]): (text: string) => string {
  // A very short secret would mask ordinary words; the longest goes first so that none is masked in part.
  const known = secrets.filter((secret) => secret.length >= 8).sort((a, b) => b.length - a.length);
  return (text) => {
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);
    return KEY_SHAPES.reduce((rest, shape) => rest.replace(shape, MASK), withoutKnown);
  };
}

function rendered(details: unknown): string {
  if (typeof details !== 'object' || details === null) return '';
  const parts = Object.entries(details).map(([name, value]) => `${name}=${shown(value)}`);
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

function shown(value: unknown): string {
  // One failure came on top of another, while closing what the first had left open say: both are needed.
  if (value instanceof SuppressedError) return `${shown(value.error)}\n  on top of ${shown(value.suppressed)}`;
  if (value instanceof Error) return `${value.stack ?? value.message}${causeOf(value)}`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

function causeOf(error: Error): string {
  return error.cause === undefined ? '' : `\n  caused by ${shown(error.cause)}`;
}
