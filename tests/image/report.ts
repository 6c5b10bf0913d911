export interface Report {
  /** Runs a check; its words, or why it failed, become a row. */
  check(what: string, run: () => Promise<string>): Promise<void>;
  /** `N passed, N failed`. */
  end(): { readonly failed: number; readonly words: string };
}

/** A row at a time, as they come: somebody watches. */
export function createReport(write: (line: string) => void): Report {
  const counts = { passed: 0, failed: 0 };
  return {
    async check(what, run) {
      try {
        const words = await run();
        counts.passed += 1;
        write(`ok      ${what.padEnd(WIDTH)}  ${words}`);
      } catch (error) {
        counts.failed += 1;
        write(`FAILED  ${what.padEnd(WIDTH)}  ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    end: () => ({ failed: counts.failed, words: `${counts.passed} passed, ${counts.failed} failed` }),
  };
}

const WIDTH = 49;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
