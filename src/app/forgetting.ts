import { setImmediate } from 'node:timers/promises';
import type { PeopleStore } from '../knowledge/people-ports.ts';
import { erase, union } from '../knowledge/people.ts';
import type { Log } from '../log.ts';
import type { Tombstones } from './tombstones.ts';

/**
 * Removes from a database what people had removed already, as every list of them says, before anybody is let in: it may
 * be an older one that was restored, or a crash may have interrupted the removal. The lists are brought into agreement.
 */
export async function settlePeople(store: PeopleStore, tombstones: Tombstones, log: Log): Promise<void> {
  const all = union(store.forgotten(), await tombstones.read());
  if (all.length === 0) return;
  await tombstones.add(all);
  store.saveForgotten(all);
  const gone = { people: 0, questions: 0, votes: 0, documents: 0 };
  for (const tombstone of all) {
    const { questions, votes, documents } = await erase(() => store, tombstone);
    if (questions + votes + documents > 0) gone.people += 1;
    gone.questions += questions;
    gone.votes += votes;
    gone.documents += documents;
    await setImmediate();
  }
  if (gone.people > 0) log.info('Removed again what is kept about people who asked to be forgotten', gone);
}
