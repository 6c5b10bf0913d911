/** Where Debian's packages come from when the machine's own sources do not say. */
const publicMirror = 'http://deb.debian.org/debian';

/**
 * The mirrors of Debian's main archive that the machine itself uses, so that a company's mirror or cache is obeyed,
 * with the public one last.
 */
export function parseMirrors(sources: readonly string[]): string[] {
  const found = sources.flatMap((text) => (/^URIs\s*:/im.test(text) ? deb822Uris(text) : listUris(text)));
  return [...new Set([...found, publicMirror])];
}

function listUris(text: string): string[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/gm)].flatMap(([, uri, suite]) =>
    uri !== undefined && suite !== undefined && isMainArchive(uri, [suite]) ? [trimmed(uri)] : [],
  );
}

function deb822Uris(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const plain = stanza.replace(/^#.*\n?/gm, '');
    const field = (name: string) =>
      new RegExp(`^${name}\\s*:\\s*(.+)$`, 'im').exec(plain)?.[1]?.trim().split(/\s+/) ?? [];
    if (field('Enabled').includes('no') || !field('Types').includes('deb')) return [];
    return field('URIs')
      .filter((uri) => isMainArchive(uri, field('Suites')))
      .map(trimmed);
  });
}

/** Debian's main archive lies at `…/debian`; security updates and other vendors' archives do not hold trixie's libc. */
function isMainArchive(uri: string, suites: readonly string[]): boolean {
  return (
    /^(https?|file|mirror\+https?):/.test(uri) &&
    /\/debian\/?$/.test(uri) &&
    suites.some((suite) => /^(bullseye|bookworm|trixie|forky|sid|(old)*stable|testing|unstable)$/.test(suite))
  );
}

const trimmed = (uri: string) => uri.replace(/\/+$/, '');
