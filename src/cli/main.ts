import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

// What is kept is nobody else's to read; the group stays, for platforms that give each start another user of one group.
process.umask(process.umask() | 0o007);

// A command begins in half the time, measured, where types need not be stripped again. So all else is imported after this.
const compiled = fileURLToPath(new URL('../../.cache/compile', import.meta.url));
enableCompileCache(compiled);
process.env['NODE_COMPILE_CACHE'] ??= compiled; // which each thread reads for itself

await import('./run.ts');
