import { createOfflineGenerator } from '../../src/adapters/offline/generate.ts';
import { commonWords } from '../../src/knowledge/common-words.ts';
import { searchWords } from '../../src/knowledge/words.ts';
import { generatorContract } from './generator.ts';

generatorContract('the offline generator', () =>
  createOfflineGenerator({ vocabulary: { words: searchWords, common: commonWords }, noAnswer: 'NO ANSWER' }),
);
