import { AppError } from '../../errors.ts';

export interface GitRemote {
  /** Without credentials; with `.git` where it is on the web. */
  readonly url: string;
  /** For people: `GitHub mika/bot-data`. */
  readonly label: string;
}

const OWNER_AND_NAME = /^[\w.-]+\/[\w.-]+$/;

/** `owner/name` on GitHub, or the whole address of a repository elsewhere. @throws AppError `config` */
export function gitRemote(repository: string): GitRemote {
  if (OWNER_AND_NAME.test(repository)) {
    const name = repository.replace(/\.git$/, '');
    return { url: `https://github.com/${name}.git`, label: `GitHub ${name}` };
  }
  const url = URL.canParse(repository) ? new URL(repository) : null;
  if (
    url === null ||
    !['https:', 'http:', 'file:'].includes(url.protocol) ||
    url.username !== '' ||
    url.password !== ''
  ) {
    throw new AppError(
      'config',
      'GITHUB_DATA_REPO must be owner/name, or an https address without user name and password.',
    );
  }
  if (url.protocol === 'file:') return { url: url.href, label: `Git ${url.pathname}` };
  const path = url.pathname.replace(/\/$/, '').replace(/\.git$/, '');
  return {
    url: `${url.origin}${path}.git`,
    label: `${url.hostname === 'github.com' ? 'GitHub' : `Git ${url.host}`} ${path.slice(1)}`,
  };
}
