/** A fenced code block, as positions in the text. */
export interface CodeBlock {
  /** The start of the opening line. */
  readonly start: number;
  readonly bodyStart: number;
  /** The start of the closing line, or the end of the text. */
  readonly bodyEnd: number;
  readonly end: number;
  readonly closed: boolean;
  /** The backticks that close it. */
  readonly mark: string;
  /** The line that opens it again: backticks and language. */
  readonly opening: string;
}

const OPENING = /^[ \t]{0,12}(`{3,8})([^`\n]{0,100})$/;

export function codeBlocks(text: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: Pick<CodeBlock, 'start' | 'bodyStart' | 'mark' | 'opening'> | null = null;
  let at = 0;
  for (const line of text.split('\n')) {
    const next = Math.min(text.length, at + line.length + 1);
    if (open === null) {
      const [, mark, info = ''] = OPENING.exec(line) ?? [];
      const language = /^[\w+#.-]{1,20}/.exec(info.trim())?.[0] ?? '';
      if (mark !== undefined) open = { start: at, bodyStart: next, mark, opening: mark + language };
    } else if (line.trim().startsWith(open.mark) && line.trim().replaceAll('`', '') === '') {
      blocks.push({ ...open, bodyEnd: at, end: at + line.length, closed: true });
      open = null;
    }
    at = next;
  }
  if (open !== null) blocks.push({ ...open, bodyEnd: text.length, end: text.length, closed: false });
  return blocks;
}
