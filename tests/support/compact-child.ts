// A process that writes a database anew, to be killed by a test.
import { compactDatabase } from '../../src/adapters/sqlite/free-pages.ts';

process.stdout.write('begun\n');
process.stdout.write(`${String(compactDatabase({ file: process.argv[2] ?? '' }))}\n`);
