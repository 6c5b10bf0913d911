/** Teaches and removes so many documents, lets the time pass in which they could be brought back, and looks after it all. */
export interface Turn {
  readonly add: number;
  readonly remove: number;
  /** So many at least, one after the other, beside it. */
  readonly questions: number;
}

export interface Sample {
  readonly passages: number;
  readonly databaseBytes: number;
  readonly indexBytes: number;
  /** Memory of the bot's process, and of Chroma's. */
  readonly botBytes: number;
  readonly chromaBytes: number;
  /** Of the bot's memory, what its JavaScript holds: it would grow with each turn if something were never let go. */
  readonly heapBytes: number;
  /** How long each question took that was asked in this turn. */
  readonly askedMs: readonly number[];
}

export const PASSAGES_PER_DOCUMENT = 50;
