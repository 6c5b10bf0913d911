/** A line that stands between the passages of a prompt, whoever wrote it. */
const DELIMITER = /^[\s>]*[=＝]{3,}\s.*\b(?:passage|question)\b|\bKB[0-9a-f]{18}\b/i;
/** Letters of a sentence under which it may be anybody's. */
const LEAST_LETTERS = 24;

/** Takes out of a generated text what it repeats of the instructions: a document may have told the model to print them. */
export function createEchoFilter(instructions: string) {
  const whole = letters(instructions);
  const sentences = instructions.split('\n').flatMap(sentencesOf).map(letters);
  const isEcho = (sentence: string) => {
    const said = letters(sentence);
    return said.length >= LEAST_LETTERS && whole.includes(said);
  };
  const maybeEcho = (sentence: string) => {
    const said = letters(sentence.replace(/\bKB?[0-9a-f]{0,18}$/, ''));
    return said !== '' && (isEcho(sentence) || sentences.some((one) => one.startsWith(said)));
  };

  function filtered(line: string, isUnfinished: boolean): string[] {
    if (DELIMITER.test(line) || (isUnfinished && /^[\s>]*={2,}/.test(line))) return [];
    const said = sentencesOf(line);
    const kept = said.filter((one, index) =>
      isUnfinished && index === said.length - 1 ? !maybeEcho(one) : !isEcho(one),
    );
    if (kept.length === said.length) return [line];
    // The number of a rule, or the mark of a list, says nothing without it.
    return kept.some((one) => letters(one) !== '') ? [kept.join(' ')] : [];
  }

  return {
    without: (text: string): string =>
      text
        .split('\n')
        .flatMap((line) => filtered(line, false))
        .join('\n'),
    /** The same of a text that is still being written: without an end that may become a part of them. */
    withoutSoFar: (text: string): string => {
      const lines = text.split('\n');
      return lines.flatMap((line, index) => filtered(line, index === lines.length - 1)).join('\n');
    },
  };
}

/** A sentence's citations, which follow its end, are its own. */
function sentencesOf(line: string): string[] {
  return line.split(/(?<=[.!?](?:\s?[[［【][\d０-９]{1,3}[\]］】]){0,9})\s+(?![[［【][\d０-９])/);
}

function letters(text: string): string {
  return text.toLowerCase().replace(/\P{L}+/gu, '');
}
