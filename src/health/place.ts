import type { Locale } from '../errors.ts';
import { isLayered, type Host, type Machine } from './machine.ts';
import { isWithin, mountOf } from './mounts.ts';
import type { FolderPlace } from './ports.ts';

export interface Whereabouts {
  readonly host: Host;
  readonly machine: Pick<Machine, 'mounts'>;
  /** Where Railway says that the service's volume is. */
  readonly railwayVolume: string | null;
}

const IN_MEMORY = new Set(['tmpfs', 'ramfs']);

/** Where a folder is, by its absolute path without links: on something that stays, or not. */
export function placeOf(path: string, { host, machine, railwayVolume }: Whereabouts): FolderPlace {
  const mount = machine.mounts === null ? null : mountOf(machine.mounts, path);
  if (mount !== null && IN_MEMORY.has(mount.type)) return 'memory';
  // The variable may have been set by hand. What is mounted shows; the container's own layer is no volume.
  const isMounted = mount === null || mount.point !== '/' || !isLayered(mount);
  if (railwayVolume !== null && isWithin(railwayVolume, path) && isMounted) return 'volume';
  if (host === 'machine') return mount === null ? 'unknown' : 'disk';
  if (mount === null) return host === 'railway' ? 'container' : 'unknown';
  return mount.point === '/' || isLayered(mount) ? 'container' : 'volume';
}

/** What is to be said of a folder; null where nothing is amiss. */
export function placeWords(path: string, place: FolderPlace, host: Host): Readonly<Record<Locale, string>> | null {
  if (place === 'memory') {
    return {
      en: `Data in ${path} is in memory (tmpfs) and will be lost at the next restart. Use a folder on a disk or volume: set DATA_DIR to it.`,
      ja: `${path} のデータはメモリ上（tmpfs）にあり、次の再起動で失われます。ディスクまたはボリューム上のフォルダーを DATA_DIR に設定してください。`,
    };
  }
  if (place !== 'container') return null;
  const remedy = remedies[host === 'railway' || host === 'kubernetes' ? host : 'container'](path);
  return {
    en: `Data in ${path} is not on a volume and will be lost at the next deploy. ${remedy.en}`,
    ja: `${path} のデータはボリューム上になく、次のデプロイで失われます。${remedy.ja}`,
  };
}

const remedies: Record<Exclude<Host, 'machine'>, (path: string) => Readonly<Record<Locale, string>>> = {
  railway: () => ({
    en: 'Attach a volume to the service in Railway; the bot then keeps everything on it by itself.',
    ja: 'Railway でサービスにボリュームを追加してください。以後、データは自動的にボリュームに保存されます。',
  }),
  kubernetes: (path) => ({
    en: `Mount a persistent volume claim at ${path}, or set DATA_DIR to where one is mounted.`,
    ja: `${path} に永続ボリューム（PersistentVolumeClaim）をマウントするか、マウント先を DATA_DIR に設定してください。`,
  }),
  container: (path) => ({
    en: `Mount a volume there, e.g. docker run -v nescordbot-data:${path}, or set DATA_DIR to where one is mounted.`,
    ja: `そこにボリュームをマウントするか（例：docker run -v nescordbot-data:${path}）、マウント先を DATA_DIR に設定してください。`,
  }),
};
