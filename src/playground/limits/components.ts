import { ButtonStyle, ComponentType } from 'discord-api-types/v10';
import { checkLink } from './embeds.ts';
import { isObject, type Form, type Json, type Path } from './form.ts';

const SELECTS = new Set<unknown>([
  ComponentType.StringSelect,
  ComponentType.UserSelect,
  ComponentType.RoleSelect,
  ComponentType.MentionableSelect,
  ComponentType.ChannelSelect,
]);

/** The components of a message: up to five rows of up to five buttons or one select, custom ids unique. */
export function checkMessageComponents(form: Form, value: unknown): void {
  const ids: { path: Path; id: unknown }[] = [];
  form.list(['components'], value, { max: 5 }).forEach((item, index) => {
    const at = ['components', index];
    const row = form.object(at, item);
    if (row === null) return;
    if (row['type'] !== ComponentType.ActionRow) {
      return form.fail([...at, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1,).');
    }
    const children = form.list([...at, 'components'], row['components'] ?? [], { min: 1, max: 5 });
    const hasSelect = children.some((child) => isObject(child) && SELECTS.has(child['type']));
    if (hasSelect && children.length > 1) {
      form.fail(
        [...at, 'components'],
        'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
        'The specified component exceeds the maximum width',
      );
    }
    children.forEach((child, position) => {
      const path = [...at, 'components', position];
      const component = form.object(path, child);
      if (component === null) return;
      if (component['type'] === ComponentType.Button) checkButton(form, path, component);
      else if (SELECTS.has(component['type'])) checkSelect(form, path, component);
      else
        form.fail([...path, 'type'], 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).');
      ids.push({ path, id: component['custom_id'] });
    });
  });
  checkUniqueIds(form, ids);
}

export function checkUniqueIds(form: Form, ids: readonly { readonly path: Path; readonly id: unknown }[]): void {
  form.unique(
    (index) => [...(ids[index]?.path ?? []), 'custom_id'],
    ids.map(({ id }) => id),
    'COMPONENT_CUSTOM_ID_DUPLICATED',
    'Component custom id cannot be duplicated',
  );
}

function checkButton(form: Form, path: Path, button: Json): void {
  const { style } = button;
  const isLink = style === ButtonStyle.Link;
  if (typeof style !== 'number' || style < 1 || style > 5) {
    return form.fail([...path, 'style'], 'BASE_TYPE_CHOICES', 'Value must be one of {1, 2, 3, 4, 5}.');
  }
  form.text([...path, 'label'], button['label'], { max: 80 });
  if (!button['label'] && !isObject(button['emoji'])) {
    form.fail(path, 'BUTTON_COMPONENT_INVALID_LABEL', 'A button must have a label or an emoji');
  }
  if (isLink) {
    if (!button['url']) form.fail([...path, 'url'], 'BASE_TYPE_REQUIRED', 'A url is required');
    form.text([...path, 'url'], button['url'], { max: 512 });
    checkLink(form, [...path, 'url'], button['url']);
  } else {
    checkCustomId(form, path, button);
  }
}

export function checkCustomId(form: Form, path: Path, component: Json): void {
  form.text([...path, 'custom_id'], component['custom_id'], { min: 1, max: 100, required: true });
}

export function checkSelect(form: Form, path: Path, select: Json): void {
  checkCustomId(form, path, select);
  form.text([...path, 'placeholder'], select['placeholder'], { max: 150 });
  form.number([...path, 'min_values'], select['min_values'], { min: 0, max: 25 });
  form.number([...path, 'max_values'], select['max_values'], { min: 1, max: 25 });
  if (select['type'] !== ComponentType.StringSelect) return;
  const at = [...path, 'options'];
  const options = form.list(at, select['options'] ?? [], { min: 1, max: 25 });
  options.forEach((item, index) => {
    const option = form.object([...at, index], item);
    if (option === null) return;
    form.text([...at, index, 'label'], option['label'], { min: 1, max: 100, required: true });
    form.text([...at, index, 'value'], option['value'], { min: 1, max: 100, required: true });
    form.text([...at, index, 'description'], option['description'], { max: 100 });
  });
  form.unique(
    (index) => [...at, index, 'value'],
    options.map((option) => (isObject(option) ? option['value'] : undefined)),
    'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
    'The specified option value is already used',
  );
}
