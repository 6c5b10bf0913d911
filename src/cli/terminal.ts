import { SingleBar } from 'cli-progress';
import { withTimes } from '../plain-text.ts';

export interface Progress {
  update(done: number, total: number, label: string): void;
  end(): void;
}

/** What a command may write: results to `out`, progress and notes to `notes`, so that results can be piped. */
export interface Terminal {
  readonly json: boolean;
  result(text: string, value: unknown): void;
  note(text: string): void;
  progress(title: string): Progress;
}

export interface Streams {
  readonly out: NodeJS.WriteStream;
  readonly notes: NodeJS.WriteStream;
}

/** Without a TTY, progress is a plain line at every tenth. */
const PLAIN_STEPS = 10;

export function createTerminal({ out, notes }: Streams, json: boolean): Terminal {
  return {
    json,
    result: (text, value) => void out.write(json ? `${JSON.stringify(value)}\n` : `${readable(text)}\n`),
    note: (text) => void notes.write(`${readable(text)}\n`),
    progress: (title) => (notes.isTTY ? bar(title, notes) : plainProgress(title, notes)),
  };
}

/** Texts that people and other programs wrote do not drive the terminal. */
function readable(text: string): string {
  return withTimes(text.replaceAll(/(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ''), localMinute);
}

const localMinute = (at: number): string =>
  new Date(at).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });

function bar(title: string, stream: NodeJS.WriteStream): Progress {
  const line = new SingleBar({
    stream,
    format: `${title} {bar} {percentage} % · {value} of {total} {label}`,
    barCompleteChar: '▰',
    barIncompleteChar: '▱',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: false,
  });
  line.start(1, 0, { label: '' });
  return {
    update(done, total, label) {
      line.setTotal(Math.max(total, 1));
      line.update(done, { label });
    },
    end: () => line.stop(),
  };
}

function plainProgress(title: string, stream: NodeJS.WriteStream): Progress {
  let shown = 0;
  return {
    update(done, total, label) {
      const step = total === 0 ? 0 : Math.floor((done / total) * PLAIN_STEPS);
      if (step <= shown) return;
      shown = step;
      stream.write(`${title} ${Math.round((done / total) * 100)} % · ${done} of ${total} ${label}\n`);
    },
    end: () => undefined,
  };
}
