import { isObject, lengthOf, type Form, type Json } from './form.ts';

const TOTAL = 6_000;

/** At most 10 embeds, each part within its limit, 6,000 characters over all of them. */
export function checkEmbeds(form: Form, value: unknown): void {
  let total = 0;
  const count = (text: unknown): number => (typeof text === 'string' ? lengthOf(text) : 0);
  form.list(['embeds'], value, { max: 10 }).forEach((item, index) => {
    const at = ['embeds', index];
    const embed = form.object(at, item);
    if (embed === null) return;
    const footer = part(embed, 'footer');
    const author = part(embed, 'author');
    form.text([...at, 'title'], embed['title'], { max: 256 });
    form.text([...at, 'description'], embed['description'], { max: 4_096 });
    form.text([...at, 'footer', 'text'], footer?.['text'], { max: 2_048, required: footer !== null });
    form.text([...at, 'author', 'name'], author?.['name'], { max: 256, required: author !== null });
    form.number([...at, 'color'], embed['color'], { min: 0, max: 0xffffff });
    checkLink(form, [...at, 'url'], embed['url']);
    for (const name of ['image', 'thumbnail'])
      checkLink(form, [...at, name, 'url'], part(embed, name)?.['url'], 'attachment:');
    total += count(embed['title']) + count(embed['description']) + count(footer?.['text']) + count(author?.['name']);
    form.list([...at, 'fields'], embed['fields'], { max: 25 }).forEach((each, position) => {
      const field = form.object([...at, 'fields', position], each);
      if (field === null) return;
      form.text([...at, 'fields', position, 'name'], field['name'], { max: 256, required: true });
      form.text([...at, 'fields', position, 'value'], field['value'], { max: 1_024, required: true });
      total += count(field['name']) + count(field['value']);
    });
    if (total > TOTAL) form.fail(at, 'MAX_EMBED_SIZE_EXCEEDED', `Embed size exceeds maximum size of ${TOTAL}`);
  });
}

function part(embed: Json, name: string): Json | null {
  return isObject(embed[name]) ? embed[name] : null;
}

export function checkLink(form: Form, path: readonly (string | number)[], value: unknown, also = 'https:'): void {
  if (value === undefined || value === null || value === '') return;
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  if (protocol === undefined) return form.fail(path, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
  if (!['http:', 'https:', 'discord:', also].includes(protocol)) {
    form.fail(path, 'URL_TYPE_INVALID_SCHEME', `Scheme "${protocol}" is not supported.`);
  }
}
