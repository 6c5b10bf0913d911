import type { AlertMessage } from '../alert-model.ts';
import type { AlertSink, SinkTest } from '../alert-ports.ts';
import { withinSignal } from './within-signal.ts';

const TIMEOUT_MS = 15_000;

export interface TestOptions {
  readonly clock: () => number;
  /** What a sink complains of is for people, too. */
  readonly redact: (text: string) => string;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a test through every sink at once, past what waits, and says what came of each. */
export async function testSinks(
  sinks: readonly AlertSink[],
  { clock, redact, signal }: TestOptions,
): Promise<readonly SinkTest[]> {
  const at = clock();
  const message: AlertMessage = {
    events: [{ state: 'test', key: null, severity: 'info', words: TEST, since: at, at }],
    more: 0,
  };
  return Promise.all(
    sinks.map(async (sink): Promise<SinkTest> => {
      const ended = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(signal === undefined ? [] : [signal])]);
      const problem = await withinSignal(sink.send(message, ended), ended).then(
        () => null,
        (error: unknown) => redact(error instanceof Error ? error.message : String(error)),
      );
      return { label: sink.label, problem, durationMs: Math.max(0, clock() - at) };
    }),
  );
}

const TEST = {
  en: 'Somebody tries whether alerts arrive. They do, here. Nothing is wrong.',
  ja: 'アラートが届くかどうかの確認です。ここには届いています。問題は起きていません。',
};
