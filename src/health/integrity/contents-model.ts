/** A document of which something is not as it was stored. */
export interface FlawedDocument {
  readonly id: number;
  readonly guildId: string;
  readonly title: string;
  /** Its bytes do not have their hash: nothing here can make them anew. */
  readonly content: boolean;
  /** What is kept about it (title, address, whose it is) is not what its checksum was made of. */
  readonly record: boolean;
  /** Passages that are missing, that there are too many of, or that are not as they were cut. */
  readonly passages: number;
  /** The passages whose vectors are not as they were stored. */
  readonly vectors: readonly number[];
}

/** What a database holds, looked through value by value. */
export interface ContentsReport {
  readonly documents: number;
  readonly passages: number;
  readonly vectors: number;
  /** Passages that the index of words did not hold as they are; it does now. */
  readonly words: number;
  readonly flawed: readonly FlawedDocument[];
  /** Where to go on next time; null when all of it was looked at. */
  readonly after: number | null;
}

/** Its text cannot be had from what is here. */
export const needsCopy = ({ content, record }: FlawedDocument): boolean => content || record;
