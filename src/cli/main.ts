import { enableCompileCache } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

// What is kept is nobody else's to read; the group stays, for platforms that give each start another user of one group.
process.umask(process.umask() | 0o007);

// A command begins in half the time, measured, where types need not be stripped again. So all else is imported after this.
enableCompileCache(fileURLToPath(new URL('../../.cache/compile', import.meta.url)));

await import('./run.ts');
