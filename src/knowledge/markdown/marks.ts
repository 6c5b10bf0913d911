/** What makes text bold, italic, underlined, struck out or hidden, and how it is written. */
export type Mark = '*' | '**' | '***' | '_' | '__' | '___' | '~~' | '||';

const MARKS: ReadonlySet<string> = new Set<Mark>(['*', '**', '***', '_', '__', '___', '~~', '||']);

interface Piece {
  written: string;
  readonly index: number;
  /** The run of marks that this is, as long as nothing says that it is whole. */
  run: string | null;
}

interface Open {
  readonly mark: Mark;
  readonly piece: Piece;
}

/**
 * Puts the pieces of a paragraph together. A mark is one where all clients see it begin and end at the same places;
 * what else looks like one gets a backslash, so that nothing later, be it in code, can be taken for its end.
 */
export function createMarks(source: string, underscoresEnd: boolean, outside: readonly Mark[]) {
  const pieces: Piece[] = [];
  let open: Open[] = [];

  function add(written: string, run: string | null = null): Piece {
    const piece: Piece = { written, run, index: pieces.length };
    if (written !== '') pieces.push(piece);
    return piece;
  }

  /** What begins with a mark of ours must not stand behind a backslash that was none of an escape. */
  function markup(written: string): void {
    const before = pieces.at(-1)?.written ?? '';
    if (/^(?:.*[^\\])?\\$/s.test(before)) add('\\');
    else if (before.endsWith('`') && written.startsWith('`')) add(' ');
    add(written);
  }

  /** Between the two may have stood a label that was left out, or that began or ended with white space. */
  function isAround(opening: Piece, closing: Piece): boolean {
    const first = pieces[opening.index + 1];
    const last = pieces[closing.index - 1];
    if (first === undefined || last === undefined || first === closing) return false;
    return closing.written.length === 2 || !(/^\s/.test(first.written) || /\s$/.test(last.written));
  }

  function close(mark: Mark, piece: Piece): boolean {
    const index = open.findLastIndex((one) => one.mark === mark);
    const opening = open[index];
    if (opening === undefined || !isAround(opening.piece, piece)) return false;
    opening.piece.run = piece.run = null;
    open = open.slice(0, index);
    return true;
  }

  function closeBoth(piece: Piece): boolean {
    const [outer, inner] = open.slice(-2);
    if (outer === undefined || inner === undefined || outer.mark + inner.mark !== '***' || outer.mark === inner.mark)
      return false;
    if (!isAround(outer.piece, piece) || !isAround(inner.piece, piece)) return false;
    outer.piece.run = inner.piece.run = piece.run = null;
    open = open.slice(0, -2);
    return true;
  }

  return {
    text: (written: string) => void add(written),
    /** Code or a link. Where a mark around it would seem to end within it, that is none. */
    whole(written: string): void {
      open = open.filter(({ mark }) => !written.includes(mark.length === 2 ? mark : mark.charAt(0)));
      markup(written);
    },
    run(at: number, run: string): void {
      const piece = add(run, run);
      if (!MARKS.has(run) || outside.includes(run as Mark)) return;
      const mark = run as Mark;
      const before = source.charAt(at - 1);
      const after = source.charAt(at + run.length);
      if (canClose(mark, before, after) && (close(mark, piece) || (mark === '***' && closeBoth(piece)))) return;
      const isOpen = open.some((one) => one.mark === mark);
      if (!isOpen && canOpen(mark, before, after)) open.push({ mark, piece });
    },
    open: (): Mark[] => open.map(({ mark }) => mark),
    written(): string {
      const isWord = (character: string | undefined) => /^[0-9A-Za-z]$/.test(character ?? '');
      return pieces
        .map(({ written, run }, index) => {
          if (run === null) return written;
          const before = pieces[index - 1]?.written.at(-1);
          const after = pieces[index + 1]?.written.at(0);
          // A star before white space, and an underscore within a word, are what they are.
          if (run === '*' && after !== undefined && /\s/.test(after)) return run;
          if (run === '_' && !underscoresEnd && isWord(before) && isWord(after)) return run;
          // Behind one of its kind it would make a mark, even where that one is escaped.
          if ((run === '~' || run === '|') && before !== run) return run;
          return run.replace(/./g, '\\$&');
        })
        .join('');
    },
  };
}

function canOpen(mark: Mark, before: string, after: string): boolean {
  if (after === '') return false;
  if (mark === '_' && /[\p{L}\p{N}_]/u.test(before)) return false;
  return mark === '**' || mark === '__' || mark === '||' || !/\s/.test(after);
}

function canClose(mark: Mark, before: string, after: string): boolean {
  if (before === '') return false;
  if (mark === '_' && /[\p{L}\p{N}_]/u.test(after)) return false;
  if (mark === '~~' && after === '_') return false;
  return mark === '**' || mark === '__' || mark === '||' || !/\s/.test(before);
}
