import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const LINES_SHOWN = 25;

/** Runs a program to its end; what it printed is the result. Rejects with its last lines. */
export async function command(program: string, args: readonly string[], timeoutMs = 60_000): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { maxBuffer: MAX_OUTPUT_BYTES, timeout: timeoutMs });
    return stdout.trim();
  } catch (cause) {
    const { code, stdout = '', stderr = '' } = cause as { code?: unknown; stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-LINES_SHOWN).join('\n');
    const failed = new Error(`${program} ${args.join(' ')}: ${String(code)}\n${said}`, { cause });
    throw Object.assign(failed, { exitCode: typeof code === 'number' ? code : null });
  }
}

/** Whether it ended with code 0. */
export async function succeeds(program: string, args: readonly string[], timeoutMs?: number): Promise<boolean> {
  return command(program, args, timeoutMs).then(
    () => true,
    () => false,
  );
}
