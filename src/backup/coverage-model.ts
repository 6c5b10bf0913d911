import type { BackupEntry, Manifest } from './model.ts';
import { byAge, parseName } from './name.ts';
import type { RemoteBackup } from './offsite/api.ts';
import { compareStates, covers, newestState, timelineOf, type StateIdentity } from './state-model.ts';

/** What is there now, for whoever holds copies against it. */
export interface OwnState {
  /** Whose state is there, and which; what it was last while nothing is open, null where nobody knows. */
  state(): StateIdentity | null;
  /** When knowledge first moved beyond that position, in milliseconds since the epoch; null where it has not. */
  movedSince(knowledge: number): number | null;
}

/** What would be lost with the database, as the copies in one place stand. */
export interface Coverage {
  /** Since when there is knowledge that no copy has, in milliseconds since the epoch; null when all is there. */
  readonly behindSince: number | null;
  /** How often something was asked or voted since the newest copy; null where there is none to compare with. */
  readonly talkBehind: number | null;
}

/** A backup here, or a copy elsewhere. */
type Choosable = Pick<BackupEntry, 'name' | 'state' | 'standing'> & {
  readonly sidecar: { readonly manifest: Pick<Manifest, 'kind' | 'identity'> } | null;
};

/**
 * The one that is chosen where nobody chooses: verified, of the newest state, and on the way to what is there now. A safety
 * backup is what somebody left on purpose. Backups without an identity come last, the newest by its name.
 */
export function newestVerified<Entry extends Choosable>(entries: readonly Entry[]): Entry | null {
  const counts = ({ standing }: Entry) => standing === 'current' || standing === 'unknown';
  const [newest = null] = entries.filter((entry) => isChosen(entry) && counts(entry)).sort(newestStateFirst);
  return newest;
}

type Remote = Pick<RemoteBackup, 'name' | 'standing' | 'kind' | 'identity' | 'copies'>;

/** The name of that one among all that is listed: what is here, and what only vaults have. */
export function newestName(here: readonly BackupEntry[], elsewhere: readonly Remote[]): string | null {
  const there = elsewhere.map(({ name, standing, kind, identity, copies }): Choosable => ({
    name,
    standing,
    state: copies.some(({ state }) => state === 'verified') ? 'good' : 'unverified',
    sidecar: kind === null ? null : { manifest: { kind, identity } },
  }));
  return newestVerified<Choosable>([...here, ...there])?.name ?? null;
}

const isChosen = ({ state, sidecar }: Choosable): boolean => state === 'good' && sidecar?.manifest.kind !== 'safety';

/** For sorting: by state, then by name. Those without an identity of this installation come last. */
export function newestStateFirst(a: Choosable, b: Choosable): number {
  const [one, other] = [ownIdentity(a), ownIdentity(b)];
  if (one === null || other === null) return one === other ? newerNameFirst(a, b) : one === null ? 1 : -1;
  return compareStates(other, one) || newerNameFirst(a, b);
}

const ownIdentity = ({ standing, sidecar }: Choosable): StateIdentity | null =>
  standing === 'foreign' ? null : (sidecar?.manifest.identity ?? null);

function newerNameFirst(a: Choosable, b: Choosable): number {
  const [first, second] = [parseName(a.name), parseName(b.name)];
  return first === null || second === null ? 0 : byAge(second, first);
}

/** @param copies those that were read back and are whole, without safety backups */
export function coverageOf(copies: readonly (StateIdentity | null)[], own: OwnState): Coverage {
  const state = own.state();
  if (state === null) return { behindSince: null, talkBehind: null };
  const timeline = timelineOf(state);
  const onTimeline = copies.filter(
    (copy) => copy?.installationId === state.installationId && timelineOf(copy)?.id === timeline?.id,
  );
  const newest = newestState(onTimeline);
  if (newest === null) {
    const beganAt = Date.parse(timeline?.beganAt ?? '') || 0;
    return { behindSince: Math.max(beganAt, own.movedSince(-1) ?? 0), talkBehind: null };
  }
  return {
    behindSince: covers(newest, state) ? null : (own.movedSince(newest.position.knowledge) ?? 0),
    talkBehind: Math.max(0, state.position.talk - newest.position.talk),
  };
}

export const coverageHere = (entries: readonly BackupEntry[], own: OwnState): Coverage =>
  coverageOf(
    entries.filter(isChosen).map(({ sidecar }) => sidecar?.manifest.identity ?? null),
    own,
  );

/** Clocks differ by so much without being wrong, and no backup is older than the first NescordBot. */
const SKEW_MS = 60_000;
const FIRST = Date.UTC(2024, 0, 1);

/** How long ago that was; null where the clock and what it is held against disagree, so that nobody can say. */
export function ageOf(at: number, now: number): number | null {
  return at > now + SKEW_MS || at < FIRST ? null : Math.max(0, now - at);
}

/** At most what was taught in the last so many milliseconds would be lost; 0: nothing; null: the clock does not tell. */
export const lossMs = ({ behindSince }: Pick<Coverage, 'behindSince'>, now: number): number | null =>
  behindSince === null ? 0 : ageOf(behindSince, now);
