import type { Database } from 'better-sqlite3';
import type { KnowledgeStore, QuotingAnswer } from '../../knowledge/store-ports.ts';
import { createRepeatable } from './repeatable.ts';

/** As many as a conversation goes back. */
const FOLLOWING = 4;

interface PassageRow {
  readonly role: 'given' | 'cited';
  readonly chunk_id: number;
  /** Null where the passage is gone already. */
  readonly document_id: number | null;
  readonly title: string | null;
  readonly headings: string | null;
  readonly text: string | null;
}

type QuestionRow = Pick<QuotingAnswer, 'id' | 'question' | 'answer'>;

export function createQuotations(db: Database): Pick<KnowledgeStore, 'answersQuoting' | 'replaceAnswer'> {
  const next = db
    .prepare<[number, number], number | null>(
      `SELECT min(p.question_id) FROM chunks c INDEXED BY chunks_of_document
       CROSS JOIN question_passages p ON p.chunk_id = c.id WHERE c.document_id = ? AND p.question_id > ?`,
    )
    .pluck();
  const question = db.prepare<[number], QuestionRow>('SELECT id, question, answer FROM questions WHERE id = ?');
  const following = db.prepare<[number, number], QuestionRow>(
    `SELECT f.id, f.question, f.answer FROM questions q JOIN questions f ON f.channel_id = q.channel_id AND f.id > q.id
     WHERE q.id = ? ORDER BY f.id LIMIT ?`,
  );
  const passages = db.prepare<[number], PassageRow>(
    `SELECT p.role, p.chunk_id, c.document_id, d.title, c.headings, c.text FROM question_passages p
     LEFT JOIN chunks c ON c.id = p.chunk_id LEFT JOIN documents d ON d.id = c.document_id
     WHERE p.question_id = ? ORDER BY p.role, p.position`,
  );
  const replace = db.prepare<[string, number]>('UPDATE questions SET answer = ? WHERE id = ?');
  const repeatable = createRepeatable(db);

  function quoting(row: QuestionRow, documentId: number, gone: readonly string[] = []): QuotingAnswer {
    const read = passages.all(row.id);
    const places = new Map<string, boolean>();
    for (const passage of read) if (passage.role === 'cited') places.set(placeOf(passage), isOf(passage, documentId));
    const [removed, others] = [true, false].map((wanted) =>
      read.filter((passage) => isOf(passage, documentId) === wanted).map(textOf),
    );
    return { ...row, cited: [...places.values()], removed: [...gone, ...(removed ?? [])], others: others ?? [] };
  }

  return {
    answersQuoting(documentId, after) {
      const id = next.get(documentId, after) ?? null;
      const row = id === null ? undefined : question.get(id);
      if (id === null || row === undefined) return null;
      const first = quoting(row, documentId);
      const later = following.all(id, FOLLOWING).map((one) => quoting(one, documentId, first.removed));
      return { id, answers: [first, ...later] };
    },
    replaceAnswer: (id, answer) => void repeatable(() => replace.run(answer, id)),
  };
}

const isOf = ({ document_id }: PassageRow, documentId: number): boolean => document_id === documentId;

const textOf = ({ title, headings, text }: PassageRow): string => [title, headings, text].join('\n');

/** Passages of one place are cited by one number, in the order in which they were cited first. */
const placeOf = ({ document_id, headings, chunk_id }: PassageRow): string =>
  document_id === null ? `${chunk_id}` : JSON.stringify([document_id, headings]);
