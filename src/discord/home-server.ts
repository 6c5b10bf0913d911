import { AppError, type Words } from '../errors.ts';
import type { Alert, Alerts } from '../health/ports.ts';
import type { Log } from '../log.ts';
import { plainLine } from '../plain-text.ts';

/** Which server is home for an application; `guildId` null: none is until an operator names one. */
export interface HomeRecord {
  readonly applicationId: string;
  readonly guildId: string | null;
}

/** Lasts over restarts, and lies where no restore of a backup exchanges it. */
export interface HomeStore {
  /** Null when nothing was ever saved. @throws what the file system says, or that the record is damaged */
  read(): HomeRecord | null;
  /** Durable when it returns. */
  save(record: HomeRecord): Promise<void>;
}

export interface Server {
  readonly id: string;
  readonly name: string;
}

/** The server of those who run the bot: its moderators are operators. */
export interface HomeServer {
  guildId(): string | null;
  /** True where HOME_GUILD_ID names it: then it is changed there alone. */
  readonly isConfigured: boolean;
  /** Null where the bot is not in it. */
  nameOf(guildId: string): string | null;
  /**
   * An operator's act, of which all are told. @throws AppError `conflict` where the setting decides, `not_found`: the bot
   * is not there, `limit`: the disk is full
   */
  move(guildId: string, byName: string): Promise<void>;
}

export interface HomeServerParts {
  readonly configured: string | null;
  /** False where no server is home until an operator names one, and nothing is wrong with that. */
  readonly adopts: boolean;
  readonly store: HomeStore;
  readonly alerts: Pick<Alerts, 'settle' | 'announce'>;
  readonly servers: () => readonly Server[];
  /** Rights have moved: commands are where operators are. */
  readonly onMove: () => Promise<void>;
  readonly log: Log;
}

/**
 * The first server that the bot is in becomes home, and stays it. Where there are several before one was home, none is:
 * what is left of several after leaving the others must not become it by itself. From then on only the setting and
 * operators change it.
 */
export function createHomeServer({ configured, adopts, store, alerts, servers, onMove, log }: HomeServerParts) {
  let application = '';
  /** Null: nothing is decided yet. */
  let known: HomeRecord | null = null;
  let current = configured;
  const nameOf = (guildId: string): string | null => servers().find(({ id }) => id === guildId)?.name ?? null;

  async function decide(guildId: string | null): Promise<void> {
    const record = { applicationId: application, guildId };
    await store.save(record);
    known = record;
    current = guildId;
  }

  /** @returns the server that has just become home */
  async function adopt(): Promise<Server | null> {
    if (!adopts || configured !== null || known !== null) return null;
    const [first, ...others] = servers();
    if (first === undefined) return null;
    await decide(others.length === 0 ? first.id : null);
    if (others.length > 0) return null;
    const what = 'The first server is the home server: its moderators may operate the bot. /settings home changes it';
    log.info(what, { guild: first.id, name: first.name });
    return first;
  }

  /** What the setting said last stays home when the setting goes. */
  async function obeySetting(): Promise<void> {
    if (configured === null || known?.guildId === configured) return;
    const before = known?.guildId ?? null;
    await decide(configured);
    if (before !== null) alerts.announce(moved(nameOf(configured) ?? configured, null, nameOf(before) ?? before));
  }

  /** What cannot be written down has not happened; the bot answers all the same. */
  async function settle(change: () => Promise<void>): Promise<void> {
    await change().catch((error: unknown) => log.error('Which server is home could not be saved', { error }));
    look();
  }

  /** Whether what should be home is there. */
  function look(): void {
    const names = servers().map(({ name }) => plainLine(name));
    if (current !== null && nameOf(current) === null) alerts.settle('home:', [absent(current, configured !== null)]);
    else if (adopts && current === null && names.length > 0) alerts.settle('home:', [undecided(names)]);
    else alerts.settle('home:', []);
  }

  const home: HomeServer = {
    guildId: () => current,
    isConfigured: configured !== null,
    nameOf,
    async move(guildId, byName) {
      if (configured !== null) throw decidedBySetting();
      const name = nameOf(guildId);
      if (name === null) throw new AppError('not_found', notThere);
      if (guildId === current) return;
      const before = current;
      await decide(guildId);
      alerts.announce(moved(name, byName, before === null ? null : (nameOf(before) ?? before)));
      look();
      await onMove();
    },
  };

  return {
    home,
    /** Once it is known which application this is, and in which servers. */
    async begin(applicationId: string): Promise<void> {
      application = applicationId;
      try {
        const stored = store.read();
        known = stored?.applicationId === applicationId ? stored : null;
      } catch (error) {
        log.error('Which server is home cannot be read, so none is until it is named again', { error });
        known = { applicationId, guildId: null };
      }
      current = configured ?? known?.guildId ?? null;
      await settle(async () => {
        await obeySetting();
        await adopt();
      });
    },
    joined: () =>
      settle(async () => {
        const adopted = await adopt();
        if (adopted !== null) alerts.announce(adoptedWords(adopted.name));
      }),
    left: look,
  };
}

function absent(guildId: string, isConfigured: boolean): Alert {
  return {
    key: 'home:absent',
    severity: 'warning',
    words: {
      en: `The bot is not in its home server (${guildId}), so nobody is an operator but the application's owner and OPERATOR_USER_IDS. Invite it there again, or ${isConfigured ? 'change HOME_GUILD_ID' : 'make another server home with /settings home'}.`,
      ja: `ボットがホームサーバー（${guildId}）に参加していないため、運営者はアプリケーションの所有者と OPERATOR_USER_IDS の方だけです。もう一度招待するか、${isConfigured ? 'HOME_GUILD_ID を変更してください' : '別のサーバーで /settings home を実行してください'}。`,
    },
  };
}

function undecided(names: readonly string[]): Alert {
  const list = names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  return {
    key: 'home:unknown',
    severity: 'warning',
    words: {
      en: `None of the bot's servers (${list}) is home yet, so nobody is an operator but the application's owner and OPERATOR_USER_IDS. One of them runs /settings home in the right server, or set HOME_GUILD_ID.`,
      ja: `参加中のサーバー（${list}）のうち、ホームサーバーがまだ決まっていないため、運営者はアプリケーションの所有者と OPERATOR_USER_IDS の方だけです。ホームにするサーバーで /settings home を実行するか、HOME_GUILD_ID を設定してください。`,
    },
  };
}

function moved(to: string, byName: string | null, from: string | null): Words {
  const [name, before, by] = [
    plainLine(to),
    from === null ? null : plainLine(from),
    plainLine(byName ?? 'HOME_GUILD_ID'),
  ];
  return {
    en: `${by} made ${name} the home server: its moderators are operators now${before === null ? '' : `, and those of ${before} no longer are`}.`,
    ja: `${by}${byName === null ? ' の設定' : ' さん'}により、ホームサーバーが ${name} になりました。運営者は ${name} のモデレーターです${before === null ? '' : `（${before} のモデレーターは運営者ではなくなりました）`}。`,
  };
}

const adoptedWords = (name: string): Words => ({
  en: `The bot was added to its first server, ${plainLine(name)}, which is its home server now: the moderators there are operators. If that is not right, remove the bot from it, and run /settings home in the right server.`,
  ja: `ボットが最初のサーバー「${plainLine(name)}」に追加され、ホームサーバーになりました。運営者はこのサーバーのモデレーターです。誤りであれば、ボットをそのサーバーから外し、正しいサーバーで /settings home を実行してください。`,
});

const decidedBySetting = (): AppError =>
  new AppError('conflict', {
    en: 'HOME_GUILD_ID says which server is home. Change it where the bot runs, and restart. Nothing was changed.',
    ja: 'ホームサーバーは HOME_GUILD_ID で指定されています。ボットの実行環境で変更し、再起動してください。何も変更していません。',
  });

const notThere: Words = {
  en: 'The bot is not in that server any more. Nothing was changed.',
  ja: 'ボットはそのサーバーに参加していません。何も変更していません。',
};
