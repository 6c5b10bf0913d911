import type { OffSite, StoredState } from '../backup/offsite/api.ts';
import { compareStates, isBeyond, newestNumber } from '../backup/state-model.ts';
import type { Words } from '../errors.ts';
import type { Alerts } from '../health/ports.ts';
import type { OwnPremises } from './premises.ts';

export interface VaultStatesParts {
  /** Null while the copies are not there yet. */
  readonly offSite: () => Pick<OffSite, 'vaults' | 'states'> | null;
  readonly premises: Pick<OwnPremises, 'state' | 'goBeyond'>;
  readonly alerts: Pick<Alerts, 'announce'>;
  readonly clock: () => number;
}

/**
 * Holds what each vault has against what is here. A vault may be all that remembers how far this installation had come: a
 * volume was put back whole, or a backup was restored by hand on a machine that knew of no vault. What is beyond at the first
 * look since the start is left behind; were it not, the next empty volume would bring it back, and with it would be lost what
 * came here meanwhile. What is beyond later was made by another bot, which is told, and not outnumbered: it would answer.
 * @returns the look, one after another
 */
export function createVaultStatesLook({ offSite, premises, alerts, clock }: VaultStatesParts): () => Promise<void> {
  const startedAt = clock();
  const lookedAt = new Set<string>();
  let isTold = false;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const known = offSite();
    if (known === null) return;
    const [vaults, states] = [await known.vaults(), await known.states()];
    for (const { label, listedAt } of vaults) {
      const own = premises.state();
      if (own === null || listedAt === null || listedAt < startedAt) continue;
      const [furthest] = states
        .filter((state) => state.label === label && isBeyond(state.identity, own))
        .sort((a, b) => compareStates(b.identity, a.identity));
      if (lookedAt.has(label)) {
        if (furthest !== undefined && !isTold) alerts.announce(madeByAnother(furthest));
        isTold ||= furthest !== undefined;
      } else if (furthest === undefined) lookedAt.add(label);
      else if (await premises.goBeyond(newestNumber(states.map(({ identity }) => identity)))) {
        lookedAt.add(label);
        alerts.announce(leftBehind(furthest));
      }
    }
  }

  return () => {
    const looked = looking.then(look);
    looking = looked.catch(() => undefined); // whoever asked for it is told
    return looked;
  };
}

const leftBehind = ({ name, label }: StoredState): Words => ({
  en: `Backups of this bot in ${label} are further on than the database, up to ${name}: the volume was put back to an older state, or a backup was restored where nobody knew of them. The bot goes on from what is here, on a timeline of its own. /backups list shows them; to go on from one of them instead, /restore it.`,
  ja: `${label} に、現在のデータベースより先に進んだ、このボットのバックアップがあります（最新：${name}）。ボリュームが以前の状態に戻されたか、これらを知らない環境で復元が行われました。ボットは現在の内容から、新しいタイムラインとして続行します。/backups list で確認できます。そちらから続ける場合は /restore してください。`,
});

const madeByAnother = ({ name, label }: StoredState): Words => ({
  en: `${label} has a backup, ${name}, that another bot made under this one's identity: a copy of the data folder is running elsewhere. Stop one of the two, or give each a place of its own (S3_PREFIX, GITHUB_BRANCH or VAULT_DIRECTORY). Were both volumes lost, nobody could tell which backup is the newest.`,
  ja: `${label} に、同じインストールを名乗る別のボットが作成したバックアップがあります（${name}）。データフォルダーの複製が別の場所で動作しています。どちらかを停止するか、保管先を分けてください（S3_PREFIX、GITHUB_BRANCH、VAULT_DIRECTORY）。このままでは、ボリュームを失ったときに、どのバックアップが最新かを判断できません。`,
});
