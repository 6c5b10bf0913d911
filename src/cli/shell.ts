import type { Audit } from '../health/audit-model.ts';
import type { Answers, Library } from '../knowledge/api.ts';
import type { Terminal } from './terminal.ts';

/** What a command of the shell works with. */
export interface Shell {
  readonly library: Library;
  readonly answers: Answers;
  readonly guildId: string;
  readonly limitBytes: number;
  readonly audit: Audit;
  readonly terminal: Terminal;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
}
