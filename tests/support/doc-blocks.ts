import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface DocBlock {
  readonly file: string;
  readonly line: number;
  /** `sh`, `text`, … */
  readonly language: string;
  readonly lines: readonly string[];
  /** What a reader needs to try it: `<!-- needs: Railway account -->` before the block. */
  readonly needs: string | null;
}

export async function documents(): Promise<{ readonly file: string; readonly text: string }[]> {
  const below = await readdir(join(ROOT, 'docs'), { recursive: true });
  const files = ['README.md', 'README.ja.md', 'CONTRIBUTING.md', ...below.map((name) => join('docs', name))];
  const texts = files
    .filter((file) => file.endsWith('.md'))
    .map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') }));
  return Promise.all(texts);
}

/** The fenced blocks of a Markdown text. */
export function blocksOf({ file, text }: { readonly file: string; readonly text: string }): DocBlock[] {
  const fences = text.matchAll(/(?:<!-- needs: (.+?) -->\n+)?^( *)```(\w+)\n([^]*?)\n\2```$/gm);
  return [...fences].map(([, needs, , language = '', content = ''], index) => ({
    file,
    line: lineOf(text, content, index),
    language,
    lines: content.split('\n').map((one) => one.trim()),
    needs: needs ?? null,
  }));
}

function lineOf(text: string, content: string, from: number): number {
  return text.slice(0, Math.max(from, text.indexOf(content))).split('\n').length;
}
