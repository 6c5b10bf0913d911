import { wordsIn, type Locale } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Reply, View } from './request.ts';
import type { Line } from './line.ts';
import { createLiveReply } from './live-reply.ts';
import type { Place } from './outbox.ts';
import { persistently } from './persistence.ts';
import { isRefusal } from './refusals.ts';
import { stopped, type Trouble } from './trouble.ts';
import { withTyped } from './typed.ts';

export interface Task {
  /** The acknowledged reply. */
  readonly place: Place;
  /** The reserved place in the line; null for what need not wait. */
  readonly inLine: ReturnType<Line['reserve']> | null;
  readonly locale: Locale;
  /** True where the reply is somebody's list: a failure is then told beside it, not in its place. */
  readonly failuresApart: boolean;
  /** What was typed into a form: a failure gives it back, to the person alone. */
  readonly form: ReadonlyMap<string, string> | null;
  readonly where: Readonly<Record<string, string | null>>;
  readonly do: (show: (view: View) => void, signal: AbortSignal) => Reply | Promise<Reply>;
}

/** Discord accepts changes to a reply for 15 minutes; the answer itself needs some of them. */
const LONGEST_WAIT_MS = 10 * 60_000;

export interface WorkRules {
  /** Time for one piece of work, the wait in the line not counted. */
  readonly deadlineMs: number;
  readonly editIntervalMs: number;
  /** Before somebody in the line is told their place. */
  readonly quietWaitMs: number;
}

/** Does what was promised with an acknowledgement: the reply ends with a result, or with words. */
export function createWork(rules: WorkRules, { trouble, log }: { trouble: Trouble; log: Log }) {
  const underWay = new Set<Promise<void>>();
  /** Whoever still waits in the line waits no longer; what has begun goes on until `closing`. */
  const resting = new AbortController();
  const closing = new AbortController();

  async function perform({ place, inLine, locale, where, failuresApart, form, do: act }: Task): Promise<void> {
    const reply = createLiveReply(place, rules.editIntervalMs, (error) =>
      log.debug('A state could not be shown', { ...where, error }),
    );
    const until = (deadline: AbortSignal) => AbortSignal.any([closing.signal, deadline, reply.gone]);
    let deadline = AbortSignal.timeout(LONGEST_WAIT_MS);
    let leave: (() => void) | null = null;
    let ending = resting.signal;
    try {
      leave =
        inLine === null
          ? null
          : await wait(
              inLine,
              (number) => reply.show(waitingView(number, locale)),
              AbortSignal.any([ending, until(deadline)]),
            );
      ending = closing.signal;
      deadline = AbortSignal.timeout(rules.deadlineMs);
      const result = await act(reply.show, until(deadline));
      await reply.finish(result);
    } catch (error) {
      const reason = stopped(error, { gone: reply.gone, closing: ending, deadline });
      if (reason === null) return log.debug('A reply was gone before its answer came', where);
      const view = withTyped(trouble.report(reason, locale, where), form, locale);
      const told = failuresApart
        ? persistently(() => place.send(view), rules.editIntervalMs)
        : form !== null || isRefusal(reason)
          ? reply.refuse(view)
          : reply.finish({ ...view, late: view });
      await told.catch((cause: unknown) => log.warn('A failure could not be told', { ...where, cause }));
    } finally {
      leave?.();
    }
  }

  /** A wait that is over soon is not worth a message. */
  async function wait(inLine: ReturnType<Line['reserve']>, tell: (place: number) => void, signal: AbortSignal) {
    let timer: NodeJS.Timeout | undefined;
    const onWait = (place: number) => {
      timer = setTimeout(() => tell(place), rules.quietWaitMs);
    };
    try {
      return await inLine.join(onWait, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    /** Never rejects. */
    run(task: Task): Promise<void> {
      const done = perform(task).finally(() => underWay.delete(done));
      underWay.add(done);
      return done;
    },
    /** Lets what has begun end within `finishMs`, stops the rest, and waits until everybody was told, but not for ever. */
    async close({ finishMs, tellMs }: { readonly finishMs: number; readonly tellMs: number }): Promise<void> {
      resting.abort();
      await ended(finishMs);
      closing.abort();
      await ended(tellMs);
    },
  };

  async function ended(withinMs: number): Promise<void> {
    if (underWay.size === 0) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, withinMs);
    await Promise.race([Promise.allSettled(underWay), late.promise]);
    clearTimeout(timer);
  }
}

export type Work = ReturnType<typeof createWork>;

function waitingView(number: number, locale: Locale): View {
  return {
    content: wordsIn(locale, {
      en: `⏳ Many are asking at the moment. You are number ${number} in the line; I will answer here.`,
      ja: `⏳ ただいま質問が混み合っています。${number} 番目にお待ちです。順番が来たらここで回答します。`,
    }),
  };
}
