import { parseMarkdown } from './blocks.ts';
import type { MarkdownNode } from './tree.ts';

interface Named {
  readonly name: string;
}

/** What ids in a text stand for, and how a time reads. */
export interface Spoken {
  user(id: string): Named | null;
  role(id: string): Named | null;
  channel(id: string): Named | null;
  time(at: Date, style: string): string;
}

/** A message's content as a reply quotes it: without its marks, in one line. What is hidden stays so. */
export function inOneLine(text: string, names: Spoken): string {
  const plain = (nodes: readonly MarkdownNode[]): string => nodes.map(plainOne).join('');
  function plainOne(node: MarkdownNode): string {
    switch (node.kind) {
      case 'text':
      case 'code':
      case 'everyone':
        return node.text;
      case 'spoiler':
        return '█████';
      case 'codeBlock':
        return ` ${node.text} `;
      case 'quote':
      case 'heading':
      case 'subtext':
        return ` ${plain(node.children)} `;
      case 'list':
        return node.items.map((item) => ` ${plain(item)} `).join('');
      case 'user':
        return `@${names.user(node.id)?.name ?? 'unknown-user'}`;
      case 'role':
        return `@${names.role(node.id)?.name ?? 'unknown-role'}`;
      case 'channel':
        return `#${names.channel(node.id)?.name ?? 'unknown'}`;
      case 'command':
        return `/${node.name}`;
      case 'timestamp':
        return names.time(new Date(node.seconds * 1000), node.style);
      case 'emoji':
        return `:${node.name}:`;
      case 'bold':
      case 'italic':
      case 'underline':
      case 'strike':
      case 'link':
        return plain(node.children);
      default:
        return '';
    }
  }
  return plain(parseMarkdown(text)).replaceAll(/\s+/g, ' ').trim();
}
