/** A retrieval test: what is searched, what is asked, and which passages are right. */
export interface DataSet {
  readonly name: string;
  readonly documents: readonly EvalDocument[];
  readonly queries: readonly EvalQuery[];
}

export interface EvalDocument {
  readonly title: string;
  readonly passages: readonly EvalPassage[];
}

export interface EvalPassage {
  /** The position among all passages of the set, from 0. */
  readonly id: number;
  readonly text: string;
}

export interface EvalQuery {
  readonly text: string;
  /** Gain by passage id; only passages with a gain above 0. */
  readonly relevant: ReadonlyMap<number, number>;
}

/** Every second document, where documents have several passages, and the questions that the others answer. */
export function withoutHalf({ documents, queries }: DataSet): { kept: EvalDocument[]; uncovered: EvalQuery[] } {
  if (documents.every(({ passages }) => passages.length < 2)) return { kept: [...documents], uncovered: [] };
  const kept = documents.filter((_, position) => position % 2 === 0);
  const there = new Set(kept.flatMap(({ passages }) => passages.map(({ id }) => id)));
  const uncovered = queries.filter(({ relevant }) => [...relevant.keys()].every((id) => !there.has(id)));
  return { kept, uncovered };
}
