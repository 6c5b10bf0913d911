import type { ModelNews } from '../adapters/gemini/options.ts';
import { wordsIn, type Words } from '../errors.ts';
import type { PartNote } from '../health/ports.ts';
import type { SettingsStore } from '../knowledge/ports.ts';
import type { Log } from '../log.ts';

/** What is known of who answers, beside the database: so that it is said once, and not at each start. */
interface Known {
  /** Who answers for a model; null where it is not there any more. */
  readonly models: Readonly<Record<string, string | null>>;
  readonly isStoreRefused: boolean;
}

const SCOPE = 'global';
const KEY = 'gemini.models';
const PRICES = 'https://ai.google.dev/gemini-api/docs/pricing';

/** Watches which models answer: Google replaces a retired one without an error, at another price. */
export function watchModels({ models, settings, log }: Parts) {
  let known = parseKnown(settings.setting(SCOPE, KEY), models);

  function become(next: Known): void {
    if (JSON.stringify(next) === JSON.stringify(known)) return;
    const before = new Map(notesOf(known, models).map(({ key, words }) => [key, words]));
    known = next;
    const now = notesOf(known, models);
    for (const { key, words } of now) if (!before.delete(key)) log.warn(wordsIn('en', words));
    if (before.size > 0)
      log.info(`No longer so: ${[...before.values()].map((words) => wordsIn('en', words)).join(' ')}`);
    try {
      settings.saveSetting(SCOPE, KEY, known);
    } catch (error) {
      log.warn('Which models answer could not be kept; it will be said again after a restart', { error }); // a full disk
    }
  }

  return {
    onNews: (news: ModelNews): void => {
      const by = news.kind === 'missing' ? null : news.by;
      const isStoreRefused = news.kind === 'missing' ? known.isStoreRefused : news.isStoreRefused;
      become({ models: { ...known.models, [news.asked]: by }, isStoreRefused });
    },
    /** Who answered last for each of the models, where that is known. */
    answeredBy: new Map(Object.entries(known.models).flatMap(([asked, by]) => (by === null ? [] : [[asked, by]]))),
    notes: (): readonly PartNote[] => notesOf(known, models),
  };
}

interface Parts {
  /** As they are configured, the preferred one first. */
  readonly models: readonly string[];
  readonly settings: SettingsStore;
  readonly log: Log;
}

function notesOf({ models: answering, isStoreRefused }: Known, models: readonly string[]): PartNote[] {
  const present = models.find((model) => answering[model] !== null);
  const changed = models.flatMap((model): PartNote[] => {
    const by = answering[model];
    if (by === undefined || by === model) return [];
    // Where none is left, the failure itself says so.
    if (by === null) return present === undefined ? [] : [{ key: `model:${model}`, words: isGone(model, present) }];
    return [{ key: `model:${model}:${by}`, words: isReplaced(model, by) }];
  });
  return isStoreRefused ? [...changed, { key: 'storing', words: mayBeStored }] : changed;
}

export function isReplaced(model: string, by: string): Words {
  return {
    en: `Google answers with ${by} where ${model} is asked for; that one is probably retired. The price and the limits of ${by} apply: ${PRICES}. Choose in GEMINI_GENERATION_MODELS which one is to answer.`,
    ja: `${model} を指定していますが、Google は ${by} で回答しています（提供終了による切り替えとみられます）。料金と利用枠は ${by} のものが適用されます：${PRICES} 。使用するモデルを GEMINI_GENERATION_MODELS で指定してください。`,
  };
}

function isGone(model: string, next: string): Words {
  return {
    en: `Google does not offer the model ${model} to this key any more. ${next} answers in its place, and its price and limits apply: ${PRICES}. Take ${model} out of GEMINI_GENERATION_MODELS.`,
    ja: `モデル ${model} はこのキーでは利用できなくなりました。代わりに ${next} が回答し、その料金と利用枠が適用されます：${PRICES} 。GEMINI_GENERATION_MODELS から ${model} を外してください。`,
  };
}

export const mayBeStored: Words = {
  en: 'The server at GEMINI_BASE_URL does not take the field `store`, so that requests go without it: whether Google keeps them (for up to 55 days) is up to the settings of the Google project.',
  ja: 'GEMINI_BASE_URL のサーバーが `store` フィールドを受け付けないため、付けずに送信しています。Google に最大 55 日間保存されるかどうかは、Google のプロジェクトの設定によります。',
};

/** Of models that are configured now; of anything else nothing is known. */
function parseKnown(found: unknown, models: readonly string[]): Known {
  const { models: kept = {}, isStoreRefused } = (found ?? {}) as { models?: Known['models']; isStoreRefused?: unknown };
  const current = models.flatMap((model) => {
    const by = Object.hasOwn(kept, model) ? kept[model] : undefined;
    return typeof by === 'string' || by === null ? [[model, by] as const] : [];
  });
  return { models: Object.fromEntries(current), isStoreRefused: isStoreRefused === true };
}
