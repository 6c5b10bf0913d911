import type { FastifyRequest } from 'fastify';
import { discordError } from '../discord-error.ts';
import { cleanFilename, FILE_LIMIT_BYTES, type NewFile } from '../state/files.ts';

const TOTAL_LIMIT_BYTES = 25 * 1024 * 1024;

/** The JSON of a request, and its files when it comes as multipart/form-data (`payload_json`, `files[n]`). */
export async function readBody(
  request: FastifyRequest,
): Promise<{ body: unknown; files: ReadonlyMap<string, NewFile> }> {
  const files = new Map<string, NewFile>();
  if (!request.isMultipart()) return { body: request.body, files };
  let body: unknown = {};
  let totalBytes = 0;
  const limits = { fileSize: FILE_LIMIT_BYTES, files: 10, fields: 20, fieldSize: 1024 * 1024 };
  for await (const part of request.parts({ limits })) {
    if (part.type === 'file') {
      const bytes = await part.toBuffer();
      totalBytes += bytes.length;
      if (totalBytes > TOTAL_LIMIT_BYTES) throw discordError('entityTooLarge');
      const index = /^files\[(\d+)\]$/.exec(part.fieldname)?.[1] ?? String(files.size);
      files.set(index, { filename: cleanFilename(part.filename), contentType: part.mimetype, bytes });
    } else if (part.fieldname === 'payload_json') {
      body = parseJson(String(part.value));
    }
  }
  return { body, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw Object.assign(discordError('invalidJson'), { cause: error });
  }
}
