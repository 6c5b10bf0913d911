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
