import type { ModelNews } from './options.ts';

/** What Google adds to a model's name for one of its versions: `-001`, `-preview-09-2026`. */
const VERSION = /^(?:-(?:\d{2,8}|preview|exp|latest))+$/;

/**
 * Whether the model that answered is the one that was asked for, in some version of it. A name that ends in `latest`
 * asks for none in particular.
 */
export function isSameModel(asked: string, answered: string): boolean {
  if (answered === asked || asked.endsWith('-latest')) return true;
  return answered.startsWith(asked) && VERSION.test(answered.slice(asked.length));
}

/** Which model answers for each that is asked for: since 2026-10 Google replaces a retired one without an error. */
export function createModels(known: ReadonlyMap<string, string>, onNews: (news: ModelNews) => void) {
  const answering = new Map(known);
  return {
    /** Who will answer, as far as that is known: the parameters have to fit it. */
    answering: (asked: string): string => answering.get(asked) ?? asked,
    /** @param answered as the reply has it; null where it does not say */
    answered(asked: string, answered: string | null, isStoreRefused: boolean): void {
      const by = answered ?? asked;
      answering.set(asked, by);
      onNews({ kind: 'answered', asked, by: isSameModel(asked, by) ? asked : by, isStoreRefused });
    },
    missing: (asked: string): void => onNews({ kind: 'missing', asked }),
  };
}

export type Models = ReturnType<typeof createModels>;
