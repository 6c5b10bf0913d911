import packageFile from '../../package.json' with { type: 'json' };
import type { RecoveryFacts, RecoveryPlace } from '../backup/recovery/model.ts';
import type { Config } from '../config.ts';

/** What the configuration tells somebody who has lost the machine. The keys are in it only when they are asked for. */
export function recoveryFacts(
  { vaults, encryption, backup, cliCommand, discord, gemini }: Config,
  { at, showsSecrets }: { readonly at: number; readonly showsSecrets: boolean },
): RecoveryFacts {
  const { folder, s3, github } = vaults;
  const places: RecoveryPlace[] = [];
  const settings: string[] = [];
  const secretNames: string[] = [];
  if (discord.token !== null) secretNames.push('DISCORD_TOKEN');
  if (gemini !== null) secretNames.push('GEMINI_API_KEY');
  if (github !== null) {
    const { repository, branch } = github;
    places.push({
      kind: 'github',
      repository: repository.includes('://') ? repository : `https://github.com/${repository}`,
      branch,
    });
    settings.push('GITHUB_SYNC_ENABLED=true', `GITHUB_DATA_REPO=${repository}`, `GITHUB_BRANCH=${branch}`);
    secretNames.push('GITHUB_TOKEN');
  }
  if (s3 !== null) {
    const { endpoint, region, bucket, prefix } = s3;
    places.push({ kind: 's3', endpoint, region, bucket, prefix });
    settings.push(
      ...(endpoint === null ? [] : [`S3_ENDPOINT=${endpoint}`]),
      `S3_REGION=${region}`,
      `S3_BUCKET=${bucket}`,
    );
    settings.push(`S3_PREFIX=${prefix === '' ? '/' : prefix}`);
    secretNames.push('S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY');
  }
  if (folder !== null) {
    places.push({ kind: 'folder', directory: folder.directory });
    settings.push(`VAULT_DIRECTORY=${folder.directory}`);
  }
  if (encryption !== null) {
    const { passphrase, recipients } = encryption.key;
    if (recipients.length > 0) settings.push(`BACKUP_AGE_RECIPIENTS=${recipients.join(',')}`);
    secretNames.push(passphrase === null ? 'BACKUP_AGE_IDENTITY' : 'BACKUP_AGE_PASSPHRASE');
    if (encryption.encryptLocal) settings.push('BACKUP_ENCRYPT_LOCAL=true');
  }
  return {
    version: packageFile.version,
    madeAt: new Date(at).toISOString(),
    cliCommand,
    backupFolder: backup.directory,
    places,
    encryption: encryption === null ? null : encryptionFacts(encryption, showsSecrets),
    settings,
    secretNames,
  };
}

function encryptionFacts({ key }: NonNullable<Config['encryption']>, showsSecrets: boolean) {
  const { passphrase, recipients, identities } = key;
  const kind = passphrase === null ? ('recipients' as const) : ('passphrase' as const);
  const secrets = showsSecrets ? [...(passphrase === null ? [] : [passphrase]), ...identities] : null;
  return { kind, recipients, secrets };
}
