/** The only way to read a whole number from a text: digits and nothing else. Null for whatever is not one within its bounds. */
export function wholeNumberIn(text: string, least: number, most: number): number | null {
  if (!/^-?\d{1,16}$/.test(text)) return null;
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= least && number <= most ? number : null;
}
