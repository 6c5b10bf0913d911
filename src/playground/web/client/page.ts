import type { ActionArgs, ActionName, ActionResult } from '../../client-protocol.ts';
import type { ClientMessage } from '../../client-state.ts';
import type { Names } from './markdown/render.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';

/** What the views may do; `main.ts` makes the one there is. */
export interface Page {
  readonly store: Store;
  /** Names for mentions in texts. */
  readonly names: Names;
  /** Asks the server; throws `Refused`. */
  request<A extends ActionName>(action: A, args: ActionArgs<A>): Promise<ActionResult<A>>;
  /** The same for a gesture with nobody waiting: a refusal is shown as a notice, and null returned. */
  act<A extends ActionName>(action: A, args: ActionArgs<A>): Promise<ActionResult<A> | null>;
  notice(text: string): void;
  settings(): Settings;
  change(settings: Partial<Settings>): void;
  openChannel(channelId: string): void;
  /** Puts a message or a typed command (`/ask question: …`) into the composer. */
  prefill(text: string): void;
  replyTo(message: ClientMessage): void;
}
