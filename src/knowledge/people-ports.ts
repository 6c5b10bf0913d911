/** Somebody who asked to be forgotten. */
export interface Tombstone {
  readonly userId: string;
  /** Milliseconds since the epoch: what is of a later time is kept. */
  readonly at: number;
}

/** How much is kept about somebody. */
export interface PersonCounts {
  readonly questions: number;
  readonly votes: number;
  readonly documents: number;
}

export interface PersonQuestion {
  readonly id: number;
  readonly guildId: string;
  readonly channelId: string;
  readonly question: string;
  readonly answer: string;
  readonly outcome: string;
  readonly askedAt: number;
}

export interface PersonVote {
  readonly questionId: number;
  readonly guildId: string;
  readonly vote: 'up' | 'down';
  readonly votedAt: number;
}

export interface PersonDocument {
  readonly id: number;
  readonly guildId: string;
  readonly title: string;
  readonly name: string;
  readonly url: string | null;
  readonly sizeBytes: number;
  readonly addedAt: number;
}

/** Where in a list to go on: after this id. */
export interface PersonPage {
  readonly after: number;
  readonly limit: number;
}

/**
 * What SQLite keeps about people. Every method is bounded by its limit and has committed durably when it returns; what is
 * removed is overwritten in the file, and goes on counting in the figures.
 */
export interface PeopleStore {
  countOf(userId: string): PersonCounts;
  /** In the order of their ids. */
  questionsOf(userId: string, page: PersonPage): PersonQuestion[];
  votesOf(userId: string, page: PersonPage): PersonVote[];
  documentsOf(userId: string, page: PersonPage): PersonDocument[];
  /** At most `limit` questions with their answers that were asked before a time, the oldest first. Returns how many went. */
  removeQuestionsBefore(time: number, limit: number): number;
  /** At most `limit` of a person's questions up to a time. */
  removeQuestionsOf(tombstone: Tombstone, limit: number): number;
  removeVotesOf(tombstone: Tombstone, limit: number): number;
  /** The documents that they taught stay, and no longer say by whom. */
  unnameDocumentsOf(tombstone: Tombstone, limit: number): number;
  /** Replies that wait for the end of a job name who asked for it. */
  unnameJobsOf(tombstone: Tombstone): void;
  /**
   * The log of what was written still has what was removed, until it is emptied. Waits for nobody: while somebody reads the
   * database, it stays as it is, and this is false.
   */
  emptyLog(): boolean;
  forgotten(): Tombstone[];
  /** A later time than the one that is there counts. */
  saveForgotten(tombstones: readonly Tombstone[]): void;
}

/** Stands in the place of the person who taught a document. */
export const FORGOTTEN = 'forgotten';
