import type { DataSet, EvalDocument, EvalPassage, EvalQuery } from './data-set.ts';

/** The parts of SQuAD's form that are read; everything is checked for being there before use. */
interface SquadFile {
  data?: {
    title?: string;
    paragraphs?: { context?: string; qas?: { question?: string; is_impossible?: boolean }[] }[];
  }[];
}

/**
 * SQuAD's form: each article a document, each paragraph a passage, and to each question its own paragraph is the one
 * right passage. Questions marked impossible are left out, paragraphs that occur twice count once.
 */
export function parseSquad(name: string, json: string): DataSet {
  const documents: EvalDocument[] = [];
  const queries: EvalQuery[] = [];
  const seen = new Map<string, number>();
  // A cast, not a check: every field is optional in the type, and a file of another form yields no questions.
  for (const { title = '', paragraphs = [] } of (JSON.parse(json) as SquadFile).data ?? []) {
    const passages: EvalPassage[] = [];
    for (const { context = '', qas = [] } of paragraphs) {
      const text = withoutTitle(context, title);
      const key = `${title}\n${text}`;
      const id = seen.get(key) ?? seen.size;
      if (id === seen.size) passages.push({ id, text });
      seen.set(key, id);
      const relevant = new Map([[id, 1]]);
      for (const { question = '', is_impossible: impossible = false } of qas) {
        if (question !== '' && !impossible) queries.push({ text: question, relevant });
      }
    }
    if (passages.length > 0) documents.push({ title, passages });
  }
  return { name, documents, queries };
}

/** JSQuAD repeats the title at the head of each paragraph, before a separator. */
function withoutTitle(context: string, title: string): string {
  const head = `${title} [SEP] `;
  return context.startsWith(head) ? context.slice(head.length) : context;
}
