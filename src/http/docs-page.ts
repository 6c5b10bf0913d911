type Document = Readonly<Record<string, unknown>>;

interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: unknown;
  }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> };
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }>
  >;
}

/** The API's document for people: one page, without a script and without anything from elsewhere. */
export function docsPage(document: object): string {
  const { info, paths } = document as Document & {
    readonly info: { readonly title: string; readonly version: string; readonly description?: string };
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? 'more');
  const sections = [...groups].map(
    ([tag, found]) => `<section><h2 id="${text(tag)}">${text(tag)}</h2>${found.map(operationHtml).join('')}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)} API</title><link rel="stylesheet" href="/api/docs.css"></head>
<body><header><h1>${text(info.title)} API <small>${text(info.version)}</small></h1>
<p>${text(info.description ?? '')} <a href="/api/openapi.json">OpenAPI 3.1 document</a></p>
<nav aria-label="Sections">${[...groups.keys()].map((tag) => `<a href="#${text(tag)}">${text(tag)}</a>`).join(' ')}</nav></header>
<main>${sections.join('')}</main></body></html>
`;
}

function operationHtml({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const { summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${text(name)}</code></td><td>${text(place)}${required === true ? ', required' : ''}</td><td><code>${text(JSON.stringify(schema))}</code></td></tr>`,
  );
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return `<details><summary><b class="${method.toLowerCase()}">${method}</b> <code>${text(path)}</code> <span>${text(summary)}</span></summary>
<p>${text(description)}</p>
${rows.length === 0 ? '' : `<table><thead><tr><th>Parameter</th><th>In</th><th>Schema</th></tr></thead><tbody>${rows.join('')}</tbody></table>`}
${schemasHtml('Body', requestBody?.content)}
${answers.map(([status, { content }]) => schemasHtml(`Answer ${status}`, content)).join('')}</details>`;
}

function schemasHtml(
  title: string,
  content: Readonly<Record<string, { readonly schema?: unknown }>> | undefined,
): string {
  return Object.entries(content ?? {})
    .map(([type, { schema }]) => {
      const shown = schema === undefined ? '' : `<pre tabindex="0">${text(JSON.stringify(schema, null, 2))}</pre>`;
      return `<h3>${text(title)} <small>${text(type)}</small></h3>${shown}`;
    })
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const text = (value: string): string => value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
