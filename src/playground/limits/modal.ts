import { ComponentType } from 'discord-api-types/v10';
import { checkCustomId, checkSelect, checkUniqueIds } from './components.ts';
import { isObject, type Form, type Json, type Path } from './form.ts';

/** A modal: a title, and up to five rows or labels with one input each. Texts to read (TextDisplay) are allowed too. */
export function checkModal(form: Form, data: Json): void {
  form.text(['title'], data['title'], { min: 1, max: 45, required: true });
  checkCustomId(form, [], data);
  const ids: { path: Path; id: unknown }[] = [];
  const rows = form.list(['components'], data['components'] ?? [], { min: 1, max: 5 });
  rows.forEach((item, index) => {
    const at: Path = ['components', index];
    const row = form.object(at, item);
    if (row === null) return;
    if (row['type'] === ComponentType.TextDisplay) return;
    const isLabel = row['type'] === ComponentType.Label;
    if (!isLabel && row['type'] !== ComponentType.ActionRow) {
      return form.fail([...at, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1, 10, 18).');
    }
    if (isLabel) {
      form.text([...at, 'label'], row['label'], { min: 1, max: 45, required: true });
      form.text([...at, 'description'], row['description'], { max: 100 });
    }
    const path: Path = isLabel ? [...at, 'component'] : [...at, 'components', 0];
    const children = form.list([...at, 'components'], isLabel ? [row['component']] : row['components'], {
      min: 1,
      max: 1,
    });
    for (const child of children) {
      const component = form.object(path, child);
      if (component === null) continue;
      checkInput(form, path, component, isLabel);
      ids.push({ path, id: component['custom_id'] });
    }
  });
  checkUniqueIds(form, ids);
}

function checkInput(form: Form, path: Path, input: Json, inLabel: boolean): void {
  if (inLabel && input['type'] === ComponentType.StringSelect) return checkSelect(form, path, input);
  if (input['type'] !== ComponentType.TextInput) {
    return form.fail([...path, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (4,).');
  }
  checkCustomId(form, path, input);
  if (input['style'] !== 1 && input['style'] !== 2) {
    form.fail([...path, 'style'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2}.');
  }
  if (!inLabel) form.text([...path, 'label'], input['label'], { min: 1, max: 45, required: true });
  form.text([...path, 'placeholder'], input['placeholder'], { max: 100 });
  form.text([...path, 'value'], input['value'], { max: 4_000 });
  form.number([...path, 'min_length'], input['min_length'], { min: 0, max: 4_000 });
  form.number([...path, 'max_length'], input['max_length'], { min: 1, max: 4_000 });
}

export interface ModalInput {
  readonly customId: string;
  readonly isText: boolean;
  readonly required: boolean;
  readonly minLength: number;
  readonly maxLength: number;
}

/** The inputs of a modal that was checked. */
export function modalInputs(components: readonly unknown[]): readonly ModalInput[] {
  return components.flatMap((row) => {
    if (!isObject(row)) return [];
    const children =
      row['type'] === ComponentType.Label ? [row['component']] : ((row['components'] as unknown[] | undefined) ?? []);
    return children.filter(isObject).map((input) => ({
      customId: String(input['custom_id']),
      isText: input['type'] === ComponentType.TextInput,
      required: input['required'] !== false,
      minLength: Number(input['min_length'] ?? 0),
      maxLength: Number(input['max_length'] ?? 4_000),
    }));
  });
}
