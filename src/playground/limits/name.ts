import { createForm } from './form.ts';

/** A channel or thread's name: 1 to 100 characters. */
export function checkedName(body: unknown): { readonly name: string } {
  const form = createForm();
  const { name } = form.object([], body) ?? {};
  form.text(['name'], name, { min: 1, max: 100, required: true });
  form.done();
  return { name: String(name) };
}
