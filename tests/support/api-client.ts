import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface Media {
  readonly schema?: object;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>> }
        >
      >
    >
  >;
}

export interface ApiCall {
  /** Null sends none. */
  readonly token?: string | null;
  /** JSON, unless it is bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of JSON. */
  readonly body: Record<string, unknown>;
}

export interface ApiClient {
  readonly document: ApiDocument;
  /** `GET /api/jobs/{id}`, for every route that was answered as the document says. */
  readonly seen: ReadonlySet<string>;
  /** Calls, and holds the answer against the document. */
  call(method: string, path: string, call?: ApiCall): Promise<ApiReply>;
  /** Follows a job to its end. */
  follow(href: string): Promise<Record<string, unknown>>;
}

/** Somebody with a token, who takes the API at its word: what is not in the document is a failure. */
export async function createApiClient(origin: string, token: string): Promise<ApiClient> {
  const document = (await (await fetch(`${origin}/api/openapi.json`)).json()) as ApiDocument;
  const ajv = new Ajv2020.default({ strict: false });
  formats.default(ajv);
  const seen = new Set<string>();

  function check(method: string, path: string, reply: ApiReply): void {
    const type = (reply.headers.get('content-type') ?? '').split(';')[0] ?? '';
    const has = (one: string): boolean => method.toLowerCase() in (document.paths[one] ?? {});
    const template = [path, ...Object.keys(document.paths).filter((one) => matches(one, path))].find(has);
    if (template === undefined) return assert.equal(type, 'application/problem+json');
    const { responses } = document.paths[template]?.[method.toLowerCase()] ?? { responses: {} };
    const found = responses[String(reply.status)] ?? responses[`${String(reply.status).slice(0, 1)}XX`];
    assert.ok(found, `${method} ${path} answered ${reply.status}, which the document does not have: ${reply.text}`);
    if (reply.status < 300) seen.add(`${method} ${template}`);
    if (found.content === undefined) return;
    const media = found.content[type];
    assert.ok(media, `${method} ${path} answered ${type}, which the document does not have`);
    if (!type.endsWith('json') || media.schema === undefined) return;
    assert.ok(ajv.validate(media.schema, reply.body), `${method} ${path}: ${ajv.errorsText()}\n${reply.text}`);
  }

  const client: ApiClient = {
    document,
    seen,
    async call(method, path, { token: other = token, body, headers = {} } = {}) {
      const isBytes = body instanceof Uint8Array;
      const response = await fetch(origin + path, {
        method,
        headers: {
          ...(other === null ? {} : { authorization: `Bearer ${other}` }),
          ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
      const parsed = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
      const reply = { status: response.status, headers: response.headers, text, body: parsed };
      check(method, path.split('?')[0] ?? '', reply);
      return reply;
    },
    async follow(href) {
      for (;;) {
        const { body, status } = await client.call('GET', href);
        assert.equal(status, 200);
        if (body['state'] === 'done' || body['state'] === 'failed') return body;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
  };
  return client;
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/[.+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(path);
}
