import { fail, ok, skip, warn, type Finding } from './finding.ts';

/** `engines` of package.json, which npm does not enforce. */
const LEAST_NODE = 24;
const NOTICEABLE_SKEW_MS = 10_000;
const MOST_SKEW_MS = 5 * 60_000;

export function checkNode(version: string): Finding {
  const major = Number(/^v?(\d+)/.exec(version)?.[1]);
  if (major >= LEAST_NODE) return ok('Node', version);
  return fail(
    'Node',
    `${version}; the bot needs Node ${LEAST_NODE} or newer`,
    'Run it through npm (npm start, npm run doctor): on Linux, npm ci brings Node 24 along. Elsewhere, install it.',
  );
}

/**
 * What Chroma's program is linked against. Where the system's is older, the bot brings a newer one, which the check of
 * Chroma itself proves.
 */
export function checkGlibc(version: string | null, tooOld: boolean): Finding {
  if (version === null) return ok('glibc', 'none here, and none is asked for');
  return ok('glibc', tooOld ? `${version}, older than Chroma's 2.39, so the bot uses one that it fetches` : version);
}

/** @param skewMs by how much the clocks of the services asked are ahead of this one; null where none was reached */
export function checkClock(skewMs: number | null): Finding {
  if (skewMs === null) {
    return skip('clock', 'no service was reached to compare it with');
  }
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  if (Math.abs(skewMs) <= NOTICEABLE_SKEW_MS) return ok('clock', 'right to within a few seconds');
  const detail = `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the services asked`;
  const remedy = 'Let the machine keep time over the network: timedatectl set-ntp true, or chrony.';
  return Math.abs(skewMs) > MOST_SKEW_MS ? fail('clock', detail, remedy) : warn('clock', detail, remedy);
}
