export interface Span {
  readonly code: boolean;
  readonly text: string;
}

/**
 * Code as Discord sees it: a block goes from ``` to the next ```, wherever they stand, and a backtick behind a backslash
 * is none. A block that begins a line and never ends is code to the end, as it is while a text is still coming. Where
 * Discord would see code that this does not (inline code over several lines), the text is treated as prose: the
 * cautious side.
 */
const CODE =
  /(?<!\\)```[\s\S]+?```|^[ \t]*```[^`\n]*(?:\n[\s\S]*)?$(?![\s\S])|(?<![\\`])(`{1,2})(?!`)[^\n]{0,1000}?[^`\n]\1(?!`)/gm;

/** A text as pieces of prose and code, which put together are the text. */
export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const { index, 0: code } of text.matchAll(CODE)) {
    if (index > at) spans.push({ code: false, text: text.slice(at, index) });
    spans.push({ code: true, text: code });
    at = index + code.length;
  }
  if (at < text.length) spans.push({ code: false, text: text.slice(at) });
  return spans;
}

/** The text with a change made to its prose only. */
export function mapProse(text: string, change: (prose: string) => string): string {
  return spansOf(text)
    .map(({ code, text }) => (code ? text : change(text)))
    .join('');
}

/** The text with its last code block closed, if that was forgotten or not reached. */
export function closeCode(text: string): string {
  const last = spansOf(text).at(-1);
  const open = last?.code === true && /^[ \t]*```/.test(last.text) && !/\S[\s\S]*```$/.test(last.text);
  return open ? `${text.trimEnd()}\n\`\`\`` : text;
}
