/** Adds documents to the database named on the command line until it is killed; prints the id of each once acknowledged. */
import { setImmediate } from 'node:timers/promises';
import { openStore } from '../../src/adapters/sqlite/open.ts';
import { assemble, text } from './knowledge-parts.ts';

const store = openStore({ file: process.argv[2] ?? '', timeoutMs: 5000 });
const { runner, library } = assemble(store);
runner.start();
for (let n = 0; ; n += 1) {
  const lines = Array.from({ length: 30 }, (_, line) => `document ${n} of ${process.pid}, line ${line}`);
  const { document } = library.add(text(lines.join('\n')));
  process.stdout.write(`${document.id}\n`);
  // Some are removed again, so that a kill can meet a purge, too.
  if (n % 5 === 4) {
    library.remove('g1', document.id);
    process.stdout.write(`-${document.id}\n`);
  }
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
}
