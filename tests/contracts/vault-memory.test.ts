import { createMemoryPlace, createMemoryVault } from '../support/memory-vault.ts';
import { describeVault } from './vault.ts';

describeVault('memory', {
  sizeBytes: 300_000,
  async open() {
    const place = createMemoryPlace();
    return {
      vault: createMemoryVault(place),
      impatient: createMemoryVault(place),
      another: () => createMemoryVault(place),
      refused: createMemoryVault(place, { refused: true }),
      secrets: [],
      cut: () => void (place.trouble = 'cut'),
      hang: () => void (place.trouble = 'hang'),
      fill: () => void (place.trouble = 'full'),
      heal: () => void (place.trouble = null),
      plant: async (file, text) => void place.files.set(file, Buffer.from(text)),
      files: async () => [...place.files.keys()],
      leftovers: async () => [],
      async tamper(file) {
        const bytes = Buffer.from(place.files.get(file) ?? '');
        bytes[1000] = (bytes[1000] ?? 0) ^ 1;
        place.files.set(file, bytes);
      },
    };
  },
});
