/** A text with its `{names}` filled in; `{days:day}` becomes `1 day`, or `2 days`. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)(?::([\w ]+))?\}/g, (whole, key: string, noun: string | undefined) => {
    const value = values[key];
    if (value === undefined) return whole;
    return noun === undefined ? String(value) : `${value} ${noun}${String(value) === '1' ? '' : 's'}`;
  });
}
