/** The text that stands in the repository for a file under LFS. */
export interface Pointer {
  /** SHA-256 of the file, hex. */
  readonly oid: string;
  readonly sizeBytes: number;
}

/** Pointers are shorter than this, by the specification of git-lfs. */
export const MOST_POINTER_BYTES = 1024;

const FORM = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n$/;

export const formatPointer = ({ oid, sizeBytes }: Pointer): string =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${sizeBytes}\n`;

/** Null for what is no pointer. */
export function parsePointer(text: string): Pointer | null {
  const [, oid, size] = FORM.exec(text) ?? [];
  return oid === undefined ? null : { oid, sizeBytes: Number(size) };
}
