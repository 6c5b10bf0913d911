import { region, s3Endpoint } from './s3-endpoint.ts';
import { wholeNumber, yesOrNo } from './values.ts';
import { optional, secret, secretOf, variable } from './variable.ts';
import {
  absoluteFolder,
  ageIdentities,
  ageRecipients,
  branch,
  bucket,
  installation,
  objectPrefix,
  passphrase,
  repository,
} from './vault-values.ts';

const copies = wholeNumber(1, 1000);

/** Where copies of the backups go, and how they are encrypted. */
export const vaultVariables = {
  GITHUB_SYNC_ENABLED: variable(yesOrNo, 'false', 'Whether copies of the backups go to GitHub, by Git LFS.'),
  GITHUB_DATA_REPO: optional(
    repository,
    'Private repository for them, used for nothing else: `owner/name`, or the whole address of one elsewhere.',
  ),
  GITHUB_TOKEN: secret('Fine-grained token that may read and write the contents of that repository.'),
  GITHUB_BRANCH: variable(branch, 'main', 'Branch for them; it is made when it is not there.'),
  GITHUB_KEEP: variable(
    copies,
    '10',
    'How many copies stay in sight there. GitHub goes on counting those that were removed.',
  ),
  S3_ENDPOINT: optional(
    s3Endpoint,
    'Address of an S3-compatible service: R2, B2, Railway Buckets, MinIO. Empty for AWS itself.',
  ),
  S3_REGION: optional(region, 'Region of the bucket. Where the address of the service tells it, it may stay empty.'),
  S3_BUCKET: optional(bucket, 'Bucket for copies of the backups; setting it switches this vault on.'),
  S3_PREFIX: variable(objectPrefix, 'nescordbot/', 'What the names of the copies begin with; `/` for nothing.'),
  S3_ACCESS_KEY_ID: secret('Id of the access key.'),
  S3_SECRET_ACCESS_KEY: secret('The access key. It must be allowed to list the bucket, and to read, write and delete.'),
  S3_KEEP: variable(copies, '30', 'How many copies are kept there.'),
  VAULT_DIRECTORY: optional(
    absoluteFolder,
    'Folder for copies of the backups on another disk or machine: a mount, NFS. It must be there.',
  ),
  VAULT_KEEP: variable(copies, '30', 'How many copies are kept there.'),
  VAULT_VERIFY_MB_PER_DAY: variable(
    wholeNumber(0, 1_000_000),
    '100',
    'How much of each vault is read back in a day, to notice copies that rot: all copies of this bot in turn, the newest first. 0: none.',
  ),
  BACKUP_AGE_PASSPHRASE: secretOf(
    passphrase,
    'Encrypts every copy before it leaves the machine, with age. Keep it elsewhere, too: without it, copies are lost.',
  ),
  BACKUP_AGE_RECIPIENTS: optional(
    ageRecipients,
    'Instead of a passphrase: public keys (`age1…`) whose owners can read the copies, and this machine cannot.',
  ),
  BACKUP_AGE_IDENTITY: secretOf(
    ageIdentities,
    'Secret key (`AGE-SECRET-KEY-1…`) with which this machine reads copies again. Needed for a restore.',
  ),
  BACKUP_ENCRYPT_LOCAL: variable(yesOrNo, 'false', 'Whether the backups on this machine are encrypted as well.'),
  RESTORE_ON_EMPTY: optional(
    yesOrNo,
    "Whether a start without a database fetches and restores this bot's newest backup that is whole, from the vaults, before it goes online. By default where there is a vault.",
  ),
  RESTORE_INSTALLATION: optional(
    installation,
    'Whose backups such a start may restore where they are not plainly its own: the id that its log lists, or `without-identity` for those of versions that gave none.',
  ),
};
