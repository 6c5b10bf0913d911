import { AppError } from '../../errors.ts';

/** What a file is made of: a member before the tables, the beginning of a table, or one of its rows. */
export type Piece =
  | { readonly kind: 'member'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'row'; readonly table: string; readonly value: unknown };

/** A row holds at most one document, whose bytes are base64. */
const MOST_BYTES = 256 * 1024 * 1024;
const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d]);

type State = 'start' | 'name' | 'colon' | 'value' | 'after' | 'end';

/**
 * Cuts JSON of the shape `{ …, "tables": { "name": [rows] } }` into pieces without ever holding more than one of them.
 * @throws AppError `damaged` saying where it is not what it should be
 */
export async function* jsonPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Piece> {
  /** Open skeleton brackets: the root, `tables`, the table. */
  let depth = 0;
  let state: State = 'start';
  let name = '';
  let table = '';
  let offset = 0;
  let mayClose = true;
  let parts: Uint8Array[] | null = null;
  let [length, nested, inString, escaped] = [0, 0, false, false];

  const wrong = (what: string): AppError =>
    new AppError('damaged', `The file is no export of NescordBot: ${what}, near byte ${offset}. Nothing was changed.`);

  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (parts !== null) {
        const ended = endsHere(byte);
        if (ended === 'no') continue;
        const end = ended === 'with' ? at + 1 : at;
        const value = parsed(parts, chunk.subarray(from, end));
        parts = null;
        if (ended === 'before') at -= 1;
        if (state === 'name') {
          if (typeof value !== 'string') throw wrong('a name was expected');
          name = value;
          state = 'colon';
          continue;
        }
        state = 'after';
        yield depth === 3 ? { kind: 'row', table, value } : { kind: 'member', name, value };
        continue;
      }
      if (WHITE.has(byte)) continue;
      if (state === 'start') {
        if (byte !== 0x7b) throw wrong('it does not begin with {');
        [depth, state, mayClose] = [1, 'name', true];
      } else if (state === 'colon') {
        if (byte !== COLON) throw wrong('a colon was expected');
        state = 'value';
      } else if (state === 'value' && depth === 1 && name === 'tables') {
        if (byte !== 0x7b) throw wrong('“tables” holds no tables');
        [depth, state, mayClose] = [2, 'name', true];
      } else if (state === 'value' && depth === 2) {
        if (byte !== 0x5b) throw wrong('a table is no list');
        table = name;
        [depth, state, mayClose] = [3, 'value', true];
        yield { kind: 'table', name: table };
      } else if (CLOSING.has(byte) && (state === 'after' || mayClose)) {
        if ((byte === 0x5d) !== (depth === 3)) throw wrong('brackets do not match');
        depth -= 1;
        state = depth === 0 ? 'end' : 'after';
      } else if (state === 'after') {
        if (byte !== COMMA) throw wrong('a comma was expected');
        [state, mayClose] = [depth === 3 ? 'value' : 'name', false];
      } else if (state === 'end') {
        throw wrong('something follows its end');
      } else {
        if (state === 'name' && byte !== QUOTE) throw wrong('a name was expected');
        parts = [];
        [length, nested, inString, escaped, mayClose] = [0, OPENING.has(byte) ? 1 : 0, byte === QUOTE, false, false];
        from = at;
      }
    }
    if (parts !== null) {
      length += chunk.length - from;
      if (length > MOST_BYTES) throw wrong('one entry is larger than 256 MB');
      parts.push(chunk.subarray(from));
    }
    offset += chunk.length;
  }
  if (state !== 'end') throw wrong('it ends too early');

  /** Where the value that is being collected ends: not here, before this byte, or with it. */
  function endsHere(byte: number): 'no' | 'before' | 'with' {
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        inString = false;
        if (nested === 0) return 'with';
      }
      return 'no';
    }
    if (byte === QUOTE) inString = true;
    else if (OPENING.has(byte)) nested += 1;
    else if (nested > 0 && CLOSING.has(byte)) {
      nested -= 1;
      if (nested === 0) return 'with';
    } else if (nested === 0 && (byte === COMMA || CLOSING.has(byte) || WHITE.has(byte))) return 'before';
    return 'no';
  }

  function parsed(before: readonly Uint8Array[], last: Uint8Array): unknown {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat([...before, last]));
      return JSON.parse(text) as unknown;
    } catch {
      throw wrong('an entry is no JSON');
    }
  }
}
