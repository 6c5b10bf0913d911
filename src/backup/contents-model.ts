import type { Counts } from './model.ts';

export interface Contents {
  readonly documents: number;
  readonly passages: number;
  readonly vectors: number;
  readonly questions: number;
}

/** What is in a backup, as everything else counts it; null of files that were set aside uncounted. */
export function contentsOf({ tables, knowledge }: Counts): Contents | null {
  const rows = (table: string): number => tables[table] ?? 0;
  if (Object.keys(tables).length === 0) return null;
  return {
    documents: knowledge?.documents ?? rows('documents'),
    passages: knowledge?.passages ?? rows('chunks'),
    vectors: rows('vectors'),
    questions: rows('questions'),
  };
}
