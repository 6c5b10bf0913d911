import { seeded } from '../support/seeded.ts';

const vocabularySize = 12_000;
const wordsPerSection = 110;
const syllables =
  'ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu ra re ri ro ru sa se si so su ta te ti to tu'.split(
    ' ',
  );

/** The word of a rank: short for the common ones, as in real languages. */
function wordAt(rank: number): string {
  let [word, rest] = ['', rank];
  do {
    word += syllables[rest % syllables.length] ?? '';
    rest = Math.floor(rest / syllables.length);
  } while (rest > 0);
  return `${word}n`;
}

/** Text whose words are as unevenly common as those of real text (Zipf's law), the same for the same seed. */
export function createWriter(seed: number) {
  const random = seeded(seed);
  const word = () => wordAt(Math.floor(vocabularySize ** random()) - 1);
  const sentence = (words: number) => `${Array.from({ length: words }, word).join(' ')}.`;
  const section = (title: string) =>
    `## ${title}\n\n${Array.from({ length: wordsPerSection / 11 }, () => sentence(11)).join(' ')}`;
  return {
    random,
    /** One passage a section. */
    document: (title: string, sections: number) =>
      `# ${title}\n\n${Array.from({ length: sections }, (_, at) => section(`Part ${at + 1}`)).join('\n\n')}\n`,
  };
}

/** A question about a passage: some of its rarer words, and a few that are everywhere. */
export function questionAbout(text: string, random: () => number): string {
  const words = [...new Set(text.match(/[a-z]+/g) ?? [])].sort((a, b) => b.length - a.length);
  const telling = words
    .slice(0, 20)
    .sort(() => random() - 0.5)
    .slice(0, 5);
  return `what of ${wordAt(0)} ${telling.join(' ')} ${wordAt(3)} ${wordAt(40)}?`;
}
