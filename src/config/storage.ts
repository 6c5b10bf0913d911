import { resolve } from 'node:path';
import type { Environment } from './environment.ts';
import type { Values } from './variables.ts';
import { hasVault } from './vaults.ts';

export interface StorageConfig {
  /** What everything lies in by default. Unless `isDefault`, somebody's mount, which must be there. */
  readonly directory: string;
  readonly isDefault: boolean;
  /** The variable that named it, or could. */
  readonly variable: 'DATA_DIR' | 'RAILWAY_VOLUME_MOUNT_PATH';
  readonly allowEmptyStart: boolean;
  readonly restoreOnEmpty: boolean;
  /** Whose backups a start without a database restores, where nobody can tell; null: only its own. */
  readonly restoreInstallation: string | null;
  /** As the surroundings say; null elsewhere. */
  readonly platform: 'railway' | 'kubernetes' | null;
  readonly railwayVolume: string | null;
}

const RAILWAY = ['RAILWAY_ENVIRONMENT_ID', 'RAILWAY_PROJECT_ID', 'RAILWAY_SERVICE_ID'];

export function storageConfig(values: Values, environment: Environment): StorageConfig {
  const { DATA_DIR: named, RAILWAY_VOLUME_MOUNT_PATH: railwayVolume } = values;
  const isSet = (name: string) => (environment[name] ?? '') !== '';
  const onRailway = railwayVolume !== null || RAILWAY.some(isSet);
  return {
    directory: resolve(named ?? railwayVolume ?? 'data'),
    isDefault: named === null && railwayVolume === null,
    variable: named === null && railwayVolume !== null ? 'RAILWAY_VOLUME_MOUNT_PATH' : 'DATA_DIR',
    allowEmptyStart: values.ALLOW_EMPTY_START,
    restoreOnEmpty: values.RESTORE_ON_EMPTY ?? hasVault(values),
    restoreInstallation: values.RESTORE_INSTALLATION,
    platform: onRailway ? 'railway' : isSet('KUBERNETES_SERVICE_HOST') ? 'kubernetes' : null,
    railwayVolume: railwayVolume === null ? null : resolve(railwayVolume),
  };
}
