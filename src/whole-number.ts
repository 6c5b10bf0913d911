/** The only way to read a whole number from a text: digits and nothing else. Null for whatever is not one within its bounds. */
export function wholeNumberIn(text: string, least: number, most: number): number | null {
  if (!/^-?\d{1,16}$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= least && number <= most ? number : null;
}

/** Whether it can be shown as a time: https://tc39.es/ecma262/#sec-time-values-and-time-range */
export const isMoment = (value: unknown): value is number => typeof value === 'number' && Math.abs(value) <= 8.64e15;
