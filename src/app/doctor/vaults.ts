import type { Config } from '../../config.ts';
import { isAppError } from '../../errors.ts';
import { fail, failed, ok, warn, type Finding } from '../../health/doctor/finding.ts';
import { createBackupThreads } from '../backup-threads.ts';
import { openVaults } from '../vaults.ts';

const LONGEST_MS = 30_000;
const check = 'off-site copies';

/** Whether copies leave the machine, and whether each vault lets us in. */
export async function checkVaults(config: Config): Promise<Finding[]> {
  const { github, s3, folder } = config.vaults;
  if (github === null && s3 === null && folder === null) {
    const remedy = 'Set GITHUB_SYNC_ENABLED, S3_BUCKET or VAULT_DIRECTORY: docs/deployment/off-site.md says how.';
    return [warn(check, 'none, and a volume is not a backup', remedy)];
  }
  const threads = createBackupThreads();
  try {
    using opened = await openVaults(config, { threads, clock: Date.now });
    return await Promise.all(
      opened.vaults.map(async ({ vault }) => {
        const name = `${check} in ${vault.label}`;
        try {
          const copies = await vault.list(AbortSignal.timeout(LONGEST_MS));
          const latest = copies[0] === undefined ? '' : `, the latest ${copies[0].name}`;
          return ok(name, `${copies.length}${latest}`);
        } catch (error) {
          if (!isAppError(error, 'aborted')) return failed(name, error);
          return fail(name, `no answer within ${LONGEST_MS / 1000} s`, 'Check the network of this machine.');
        }
      }),
    );
  } catch (error) {
    return [failed(check, error)];
  }
}
