/**
 * What people know of their bot: what it has acknowledged, what they went back to, and so which state is right. It knows
 * nothing of timelines and positions.
 */
export interface State {
  readonly before: State | null;
  /** Going back begins a new one; nothing within it is ever undone. */
  readonly episode: number;
  readonly documents: readonly string[];
}

/** What became of one installation, from its first start on. */
export interface Story {
  /** Which bot's. */
  readonly bot: string;
  /** The bot, as others see it. */
  readonly application: string;
  /** As the program says it, to tell stories apart. */
  installationId: string | null;
  /** What it holds now. */
  head: State;
  /** Where each episode has come to. */
  readonly ends: Map<number, State>;
}

export function begin(bot: string, application: string): Story {
  const head: State = { before: null, episode: 0, documents: [] };
  return { bot, application, installationId: null, head, ends: new Map([[0, head]]) };
}

export function change(story: Story, documents: readonly string[]): void {
  const { head } = story;
  move(story, { before: head, episode: head.episode, documents });
}

/** Somebody, or a start on an empty volume, went back. */
export function goBack(story: Story, to: State): void {
  move(story, { before: to, episode: story.ends.size, documents: to.documents });
}

function move(story: Story, head: State): void {
  story.head = head;
  story.ends.set(head.episode, head);
}

/** An archive that somebody made, wherever copies of it lie. */
export interface Made {
  readonly story: Story;
  readonly state: State;
  readonly isSafety: boolean;
}

/** How many changes and ways back led to a state. */
export function depthOf(state: State | null): number {
  let depth = 0;
  for (let at = state; at !== null; at = at.before) depth += 1;
  return depth;
}

/**
 * The newest copy of the line that an installation is on, as far as what is left can tell.
 * @param remembered the episodes that something else than a copy tells of
 */
export function newestOfLine(story: Story, copies: readonly Made[], remembered: readonly number[]): State | null {
  const own = copies.filter((copy) => copy.story === story);
  const last = Math.max(-1, ...remembered, ...own.map(({ state }) => state.episode));
  const line = lineOf(story.ends.get(last) ?? null);
  const usable = own.filter(({ state, isSafety }) => !isSafety && line.has(state)).map(({ state }) => state);
  return usable.reduce<State | null>((best, one) => (depthOf(one) > depthOf(best) ? one : best), null);
}

export function lineOf(last: State | null): ReadonlySet<State> {
  const line = new Set<State>();
  for (let at = last; at !== null; at = at.before) line.add(at);
  return line;
}

/** What is right for a start without a database: a state, an empty one, or that nobody but a person can know. */
export type Right =
  | { readonly kind: 'state'; readonly story: Story; readonly state: State }
  | { readonly kind: 'empty' }
  /** A person has to say which story, where there are several. */
  | { readonly kind: 'ask'; readonly stories: readonly Story[] };

export interface Left {
  readonly application: string;
  readonly copies: readonly Made[];
  /** They cannot be restored, and tell of what was. */
  readonly rotten: readonly Made[];
  /** Of whom the folder of backups is, and which episode it remembers; null where nothing is remembered. */
  readonly remembered: { readonly story: Story; readonly episode: number } | null;
  /** Whom the operator named. */
  readonly named: Story | null;
}

export function rightAfterLoss({ application, copies, rotten, remembered, named }: Left): Right {
  const all = [...new Set([...copies, ...rotten].map(({ story }) => story))];
  const own = all.filter((story) => story.application === application);
  const story = named ?? own.find((one) => one === remembered?.story) ?? (own.length === 1 ? (own[0] ?? null) : null);
  if (story === null) {
    const isFirst = all.length === 0 && remembered === null;
    return isFirst ? { kind: 'empty' } : { kind: 'ask', stories: all };
  }
  const told = rotten.filter((copy) => copy.story === story).map((copy) => copy.state.episode);
  const episodes = remembered?.story === story ? [remembered.episode, ...told] : told;
  const state = newestOfLine(story, copies, episodes);
  return state === null ? { kind: 'ask', stories: [] } : { kind: 'state', story, state };
}
