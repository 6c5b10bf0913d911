import type { FastifyInstance } from 'fastify';
import { AppError } from '../errors.ts';

/** Of a body, besides the texts in it: every request here is one object with a few fields. */
const MOST_BESIDES_TEXTS = 10_000;

/**
 * Reads JSON as Fastify does, but refuses before reading what would hold everybody up for seconds: a million fields, or
 * brackets millions deep. A long text takes no longer than its bytes.
 */
export function readPlainJson(server: FastifyInstance): void {
  const read = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    if (isPlain(body)) return read(request, body, done);
    return done(new AppError('invalid', tooMuch));
  });
}

function isPlain(json: string): boolean {
  let besides = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === '"') at = endOfText(json, at);
    else if ((besides += 1) > MOST_BESIDES_TEXTS) return false;
  }
  return true;
}

/** Where the quotation mark is that is not written with a backslash. */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

const tooMuch = {
  en: 'The body has far more in it than any request here needs. Send one JSON object with the fields that are known here.',
  ja: '本文の内容が多すぎます。ここで指定できる項目だけを含む JSON オブジェクトを 1 つ送ってください。',
};
