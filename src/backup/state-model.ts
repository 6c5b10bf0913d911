import * as field from './fields.ts';

/**
 * How far a database has come. Each committed change moves a counter, inside the same transaction: one for knowledge,
 * settings and people, the other for what is asked and voted, so that talk alone asks for no backup.
 */
export interface Position {
  readonly knowledge: number;
  readonly talk: number;
}

/** What began a timeline: a database that was empty or had none, a restore, an import, or a database that had gone back. */
export type TimelineCause = 'start' | 'restore' | 'import' | 'rollback';

/** A stretch of history in which positions only grow. Whatever goes back begins a new one. */
export interface Timeline {
  readonly id: string;
  /** Greater than that of every timeline known when it began. */
  readonly number: number;
  readonly cause: TimelineCause;
  /** ISO 8601, UTC; for people. */
  readonly beganAt: string;
  /** How far its parent, the next in the lineage, had come where this one began; null for one without a parent. */
  readonly branchedAt: Position | null;
}

/** Whose state something is, and which: of a database, a backup, or a copy of one. */
export interface StateIdentity {
  readonly installationId: string;
  /** Id of the Discord application, or `playground`; null where nobody knows. */
  readonly application: string | null;
  /** The timeline that it is on, then that one's parent, and so on. Never empty. */
  readonly lineage: readonly Timeline[];
  readonly position: Position;
}

/**
 * How a backup stands to what is there now. `current`: what is there now came from it. `branch`: a restore, an import or a
 * rollback has left it, as `leftBy` tells. `foreign`: of another installation. `unknown`: made before there were identities.
 */
export type Standing = 'current' | 'branch' | 'foreign' | 'unknown';

/** More restores than anybody remembers; the oldest ancestors are left out. */
const MOST_TIMELINES = 100;
/** More than any bot comes to. Whoever claims a higher one is not believed: nothing could be counted beyond it. */
const HIGHEST_NUMBER = 1_000_000_000;

function readPosition(value: unknown, where: string): Position {
  const found = field.object(value, where);
  return {
    knowledge: field.count(found['knowledge'], `${where}.knowledge`),
    talk: field.count(found['talk'], `${where}.talk`),
  };
}

function readTimeline(value: unknown, where: string): Timeline {
  const found = field.object(value, where);
  return {
    id: identifier(found['id'], `${where}.id`),
    number: timelineNumber(found['number'], `${where}.number`),
    cause: field.oneOf('start', 'restore', 'import', 'rollback')(found['cause'], `${where}.cause`),
    beganAt: field.string(40)(found['beganAt'], `${where}.beganAt`),
    branchedAt: field.nullable(readPosition)(found['branchedAt'], `${where}.branchedAt`),
  };
}

function timelineNumber(value: unknown, where: string): number {
  const number = field.count(value, where);
  if (number > HIGHEST_NUMBER) throw new field.FieldProblem(`${where} is more than ${HIGHEST_NUMBER}`);
  return number;
}

/** Null for what is none, the marker of a database that knows of no timeline among it. */
export const parseIdentity = (value: unknown): StateIdentity | null =>
  unless(() => readIdentity(value, 'identity'), null);

/** Empty for what is no lineage. */
export const parseLineage = (value: unknown): readonly Timeline[] =>
  unless(() => field.list(readTimeline, MOST_TIMELINES)(value, 'lineage'), []);

/** Null for what is no position. */
export const parsePosition = (value: unknown): Position | null => unless(() => readPosition(value, 'position'), null);

function unless<T, Otherwise>(read: () => T, otherwise: Otherwise): T | Otherwise {
  try {
    return read();
  } catch (error) {
    if (error instanceof field.FieldProblem) return otherwise;
    throw error;
  }
}

/** Null for what older versions wrote, which had none. @throws FieldProblem */
export function readIdentity(value: unknown, where: string): StateIdentity | null {
  if (value === undefined || value === null) return null;
  const found = field.object(value, where);
  const lineage = field.list(readTimeline, MOST_TIMELINES)(found['lineage'], `${where}.lineage`);
  if (lineage.length === 0) throw new field.FieldProblem(`${where}.lineage is empty`);
  return {
    installationId: identifier(found['installationId'], `${where}.installationId`),
    application: field.nullable(field.string(100))(found['application'], `${where}.application`),
    lineage,
    position: readPosition(found['position'], `${where}.position`),
  };
}

const identifier = field.matching(/^[\w-]{8,64}$/, 'an id');

export const timelineOf = (state: Pick<StateIdentity, 'lineage'> | null): Timeline | null => state?.lineage[0] ?? null;
const numberOf = (state: Pick<StateIdentity, 'lineage'>): number => timelineOf(state)?.number ?? 0;

/** Which state of an installation is the newer one: by timeline, then by position. Negative where `a` is the older. */
export function compareStates(a: StateIdentity, b: StateIdentity): number {
  return numberOf(a) - numberOf(b) || comparePositions(a.position, b.position);
}

function comparePositions(a: Position, b: Position): number {
  return a.knowledge - b.knowledge || a.talk - b.talk;
}

/** Whether it is of the same installation and further on than what is there now, which did not come from it. */
export function isBeyond(state: StateIdentity, own: StateIdentity): boolean {
  return numberOf(state) >= numberOf(own) && standingOf(state, own) === 'branch';
}

/** The newest of several states of one installation; null where there is none. */
export function newestState(states: readonly (StateIdentity | null)[]): StateIdentity | null {
  const known = states.filter((state) => state !== null);
  return known.reduce<StateIdentity | null>(
    (newest, state) => (newest === null || compareStates(newest, state) < 0 ? state : newest),
    null,
  );
}

/** The highest number of a timeline among them; 0 where none has one. */
export function newestNumber(states: readonly (Pick<StateIdentity, 'lineage'> | null)[]): number {
  return Math.max(0, ...states.map((state) => (state === null ? 0 : numberOf(state))));
}

/** @param own null where there is nothing to compare with, nor any other backup with an identity */
export function standingOf(state: StateIdentity | null, own: StateIdentity | null): Standing {
  if (state === null || own === null) return 'unknown';
  if (state.installationId !== own.installationId) return 'foreign';
  const at = own.lineage.findIndex(({ id }) => id === timelineOf(state)?.id);
  if (at === -1) return 'branch';
  // Ancestors count as far as the line went on from them.
  const end = at === 0 ? own.position : (own.lineage[at - 1]?.branchedAt ?? null);
  const isWithin = end !== null && state.position.knowledge <= end.knowledge && state.position.talk <= end.talk;
  return isWithin ? 'current' : 'branch';
}

/** What left a state that is a `branch`: a restore, an import, or a database that went back. */
export function leftBy(state: StateIdentity, own: StateIdentity): TimelineCause {
  const common = state.lineage.map(({ id }) => own.lineage.findIndex((line) => line.id === id)).find((at) => at !== -1);
  // An import begins a lineage of its own.
  if (common === undefined) return own.lineage.at(-1)?.cause === 'import' ? 'import' : 'restore';
  // It is further than the timeline that is open: an older file has taken its place.
  return own.lineage[common - 1]?.cause ?? 'rollback';
}

/** Both, for whoever shows it. */
export function placeOf(state: StateIdentity | null, own: StateIdentity | null) {
  const standing = standingOf(state, own);
  const isLeft = standing === 'branch' && state !== null && own !== null;
  return isLeft ? { standing, leftBy: leftBy(state, own) } : { standing };
}

/** Whether nothing of knowledge, settings and people would be lost with the database, if this copy of it were there. */
export function covers(copy: StateIdentity | null, own: StateIdentity): boolean {
  return (
    copy !== null &&
    copy.installationId === own.installationId &&
    timelineOf(copy)?.id === timelineOf(own)?.id &&
    copy.position.knowledge >= own.position.knowledge
  );
}

export interface NewTimeline extends Pick<Timeline, 'id' | 'cause'> {
  /** The highest number known anywhere. */
  readonly after: number;
  readonly now: number;
  /** How far what it goes on from had come; null where it goes on from nothing. */
  readonly branchedAt: Position | null;
}

/** What lies beyond a restore, an import or an empty start: the parent's lineage with one timeline more. */
export function begun(parent: readonly Timeline[], { id, cause, after, now, branchedAt }: NewTimeline): Timeline[] {
  const number = Math.min(HIGHEST_NUMBER, 1 + Math.max(after, parent[0]?.number ?? 0));
  const timeline: Timeline = {
    id,
    number,
    cause,
    beganAt: new Date(now).toISOString(),
    branchedAt: parent.length === 0 ? null : branchedAt,
  };
  return [timeline, ...parent].slice(0, MOST_TIMELINES);
}
