import type { RecordedQuestion } from '../../src/knowledge/store-ports.ts';

export function recordedQuestion(more: Partial<RecordedQuestion> = {}): RecordedQuestion {
  return {
    guildId: 'g1',
    channelId: 'c1',
    userId: 'u1',
    question: 'Why?',
    answer: 'Because. [1]',
    outcome: 'answered',
    rung: 'full',
    engine: 'offline',
    chunkIds: [9, 3, 7],
    citedChunkIds: [7, 3],
    durationMs: 12,
    askedAt: 1000,
    ...more,
  };
}
