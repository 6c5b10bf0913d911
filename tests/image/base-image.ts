import { fileURLToPath } from 'node:url';
import { command, succeeds } from './command.ts';

const PUBLIC_IMAGE = 'docker.io/library/node:24-trixie-slim';
const MADE_HERE = 'localhost/nescordbot-base:24-trixie-slim';
const MAKE_BASE = fileURLToPath(new URL('make-base.sh', import.meta.url));
const PULL_MS = 300_000;
const MAKE_MS = 600_000;

export interface BaseImage {
  readonly name: string;
  /** As the report says it. */
  readonly origin: string;
}

/** The image that was named; the public one; or, where no registry is reached, a stand-in made of Debian's packages. */
export async function findBaseImage(named: string | null): Promise<BaseImage> {
  if (named !== null) return { name: named, origin: 'as named' };
  if (await succeeds('buildah', ['pull', '--quiet', '--retry', '0', PUBLIC_IMAGE], PULL_MS))
    return { name: PUBLIC_IMAGE, origin: 'from its registry' };
  if (await succeeds('buildah', ['inspect', '--type', 'image', MADE_HERE]))
    return { name: MADE_HERE, origin: 'made here before' };
  await command(MAKE_BASE, [MADE_HERE], MAKE_MS);
  return { name: MADE_HERE, origin: "no registry is reached; made of Debian's packages" };
}
