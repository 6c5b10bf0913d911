import type { DataSet, EvalDocument, EvalQuery } from './data-set.ts';

/**
 * TREC's form: `<doc>` with `<docno>`, `<top>` with `<num>` and `<title>`, and judgements in lines of topic,
 * iteration, docno, relevance. Some collections number topics in their judgements by position instead of by `<num>`:
 * whichever way explains more of the judgements is taken.
 */
export function parseTrec(name: string, source: { documents: string; topics: string; judgements: string }): DataSet {
  const documents: EvalDocument[] = [];
  const ids = new Map<string, number>();
  for (const body of elements('doc', source.documents)) {
    const docno = element('docno', body);
    const title = first(body, ['title', 'headline', 'head']);
    const text =
      elements('text', body).map(plain).join('\n') || first(body, ['abstract', 'body', 'contents', 'content']);
    if (docno === '' || ids.has(docno)) continue;
    const id = ids.size;
    ids.set(docno, id);
    documents.push({ title, passages: [{ id, text }] });
  }
  const topics = elements('top', source.topics).map((body, position) => ({
    number: /\d+/u.exec(element('num', body))?.[0] ?? '',
    position: String(position + 1),
    text: first(body, ['title', 'query', 'desc']),
  }));
  const judged = parseJudgements(source.judgements, ids);
  const explained = (key: 'number' | 'position'): number => topics.filter((topic) => judged.has(topic[key])).length;
  const key = explained('number') > explained('position') ? 'number' : 'position';
  const queries: EvalQuery[] = [];
  for (const topic of topics) {
    const relevant = judged.get(topic[key]);
    if (relevant !== undefined) queries.push({ text: topic.text, relevant });
  }
  return { name, documents, queries };
}

function parseJudgements(text: string, ids: ReadonlyMap<string, number>): Map<string, Map<number, number>> {
  const judged = new Map<string, Map<number, number>>();
  for (const line of text.split('\n')) {
    const [topic, , docno, relevance] = line.trim().split(/\s+/u);
    const id = ids.get(docno ?? '');
    const gain = Number(relevance);
    if (topic === undefined || id === undefined || !(gain > 0)) continue;
    const relevant = judged.get(topic) ?? new Map<number, number>();
    judged.set(topic, relevant.set(id, gain));
  }
  return judged;
}

function elements(tag: string, xml: string): string[] {
  return [...xml.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}>`, 'giu'))].map(
    (match) => match[1] ?? '',
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text of the first such element; SGML topics leave out the closing tag, so the next tag ends it as well. */
function element(tag: string, xml: string): string {
  const match =
    new RegExp(`<${tag}(?:\\s[^>]*)?>([\\s\\S]*?)</${tag}>`, 'iu').exec(xml) ??
    new RegExp(`<${tag}(?:\\s[^>]*)?>([^<]*)`, 'iu').exec(xml);
  return plain(match?.[1] ?? '');
}

function first(xml: string, tags: readonly string[]): string {
  return tags.map((tag) => element(tag, xml)).find((text) => text !== '') ?? '';
}

function plain(xml: string): string {
  const text = xml.replace(/<[^>]*>/gu, ' ');
  return text.replace(/&(amp|lt|gt|quot|apos);/gu, (whole, entity: string) => entities[entity] ?? whole).trim();
}
