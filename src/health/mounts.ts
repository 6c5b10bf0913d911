/** One line of `/proc/self/mountinfo`. */
export interface Mount {
  readonly point: string;
  /** `ext4`, `overlay`, `tmpfs`, … */
  readonly type: string;
  /** What is mounted: `/dev/vda1`, `overlay`, `server:/export`. */
  readonly source: string;
}

/**
 * Reads `/proc/self/mountinfo`, in whose lines an optional part of any length ends with a hyphen (proc_pid_mountinfo(5)).
 * Lines that make no sense are left out.
 */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const hyphen = fields.indexOf('-', 6);
    const [point, type, source] = [fields[4], fields[hyphen + 1], fields[hyphen + 2]];
    if (hyphen === -1 || point === undefined || type === undefined) return [];
    return [{ point: unescape(point), type, source: unescape(source ?? '') }];
  });
}

/** The mount that a path lies on. Of two on the same point the later one hides the earlier. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (isWithin(mount.point, path) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

/** Both absolute; a folder is within itself. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Space, tab, line feed and backslash are written as three octal digits. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
