import type { BackupKind } from './model.ts';
import { compareStates, newestNumber, newestState, standingOf, timelineOf, type StateIdentity } from './state-model.ts';

/** A backup that could be restored to an empty volume, wherever it lies. */
export interface Candidate {
  readonly name: string;
  readonly kind: BackupKind | null;
  /** Null of one that was made before there were identities. */
  readonly identity: StateIdentity | null;
  readonly documents: number | null;
}

/** Backups that belong together; `installationId` is null for those that nobody can tell. */
export interface CandidateGroup<C extends Candidate = Candidate> {
  readonly installationId: string | null;
  readonly application: string | null;
  readonly candidates: readonly C[];
  readonly newest: C;
}

export interface ChoiceContext {
  /** The Discord application that this bot is. */
  readonly application: string | null;
  /** What the operator named: the beginning of an id, or `WITHOUT_IDENTITY`; null where nobody did. */
  readonly wanted: string | null;
  /** What this machine remembers of the state that was lost. */
  readonly remembered: Pick<StateIdentity, 'installationId' | 'lineage'> | null;
}

/** `ask`: a person has to say whose they are; `forked`: two bots have gone on from one state. */
export type Choice<C extends Candidate> =
  | { readonly kind: 'none' }
  | { readonly kind: 'ask'; readonly groups: readonly CandidateGroup<C>[] }
  | { readonly kind: 'forked'; readonly newest: readonly C[] }
  | { readonly kind: 'chosen'; readonly inOrder: readonly C[]; readonly after: number };

export const WITHOUT_IDENTITY = 'without-identity';

/**
 * Whose backups are restored to an empty volume where nobody is asked, and in which order: those of this application's only
 * installation, the newest state first, without safety backups and without what a restore had left.
 */
export function chooseBackups<C extends Candidate>(candidates: readonly C[], context: ChoiceContext): Choice<C> {
  const groups = groupsOf(candidates);
  // Whoever names some knows that there are, or were: where they are not, a look at the places is due, not an empty bot.
  if (groups.length === 0 && context.wanted === null) return { kind: 'none' };
  const group = wantedGroup(groups, context);
  if (group === null) return { kind: 'ask', groups };
  const usable = group.candidates.filter(({ kind }) => kind !== 'safety');
  if (group.installationId === null) return { kind: 'chosen', inOrder: byName(usable), after: 0 };
  const { remembered } = context;
  const states = group.candidates.map(({ identity }) => identity);
  const known = remembered?.installationId === group.installationId ? remembered : null;
  const last = newestState(states);
  if (last === null) return { kind: 'none' };
  const ahead = known !== null && (timelineOf(known)?.number ?? 0) > (timelineOf(last)?.number ?? 0);
  const head: StateIdentity = ahead ? { ...last, lineage: known.lineage } : last;
  const rivals = ahead ? [] : candidatesOn(group.candidates, timelineOf(last)?.number ?? 0);
  if (new Set(rivals.map(({ identity }) => timelineOf(identity)?.id)).size > 1)
    return { kind: 'forked', newest: rivals };
  return {
    kind: 'chosen',
    inOrder: usable.filter(({ identity }) => standingOf(identity, head) === 'current').sort(newestFirst),
    after: newestNumber([...states, known]),
  };
}

function groupsOf<C extends Candidate>(candidates: readonly C[]): readonly CandidateGroup<C>[] {
  const byInstallation = Map.groupBy(candidates, ({ identity }) => identity?.installationId ?? null);
  return [...byInstallation].flatMap(([installationId, members]) => {
    const [newest] = installationId === null ? byName(members) : members.toSorted(newestFirst);
    if (newest === undefined) return [];
    return [{ installationId, application: newest.identity?.application ?? null, candidates: members, newest }];
  });
}

function wantedGroup<C extends Candidate>(
  groups: readonly CandidateGroup<C>[],
  { application, wanted, remembered }: ChoiceContext,
): CandidateGroup<C> | null {
  if (wanted !== null) {
    const named = groups.filter(({ installationId }) =>
      wanted === WITHOUT_IDENTITY ? installationId === null : installationId?.startsWith(wanted),
    );
    return only(named);
  }
  const own = groups.filter((group) => group.installationId !== null && group.application === application);
  return own.find(({ installationId }) => installationId === remembered?.installationId) ?? only(own);
}

const only = <T>(all: readonly T[]): T | null => (all.length === 1 ? (all[0] ?? null) : null);

const candidatesOn = <C extends Candidate>(candidates: readonly C[], number: number): readonly C[] =>
  candidates.filter(({ identity }) => timelineOf(identity)?.number === number);

function newestFirst(a: Candidate, b: Candidate): number {
  const byState = a.identity === null || b.identity === null ? 0 : compareStates(b.identity, a.identity);
  return byState || byNameDescending(a, b);
}

const byName = <C extends Candidate>(candidates: readonly C[]): C[] => candidates.toSorted(byNameDescending);

/** Copies of one backup stay in the order of their places. */
const byNameDescending = (a: Candidate, b: Candidate): number => (a.name === b.name ? 0 : a.name < b.name ? 1 : -1);
