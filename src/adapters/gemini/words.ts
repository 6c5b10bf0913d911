import type { Words } from '../../errors.ts';

/** What people read when Gemini cannot help. None of it may contain the key. */
export const words = {
  key: {
    en: 'Google does not accept GEMINI_API_KEY. Make a key on https://aistudio.google.com/apikey, put it in place of the old one and restart the bot.',
    ja: 'GEMINI_API_KEY が Google に受け付けられませんでした。https://aistudio.google.com/apikey でキーを作り、設定し直してからボットを再起動してください。',
  },
  place: {
    en: 'Google does not offer the Gemini API to this key from where the bot runs. A key with billing switched on may help: https://ai.google.dev/gemini-api/docs/available-regions.',
    ja: 'ボットの稼働している地域では、このキーで Gemini API を利用できません。課金を有効にしたキーなら使える場合があります: https://ai.google.dev/gemini-api/docs/available-regions',
  },
  down: {
    en: 'Gemini cannot be reached at the moment. Try again in a minute.',
    ja: '現在 Gemini に接続できません。1 分ほどしてからもう一度お試しください。',
  },
  overloaded: {
    en: 'Gemini is overloaded at the moment. Try again in a minute.',
    ja: '現在 Gemini が混み合っています。1 分ほどしてからもう一度お試しください。',
  },
  slow: {
    en: 'Gemini did not answer in time. Try again in a minute.',
    ja: 'Gemini から時間内に応答がありませんでした。1 分ほどしてからもう一度お試しください。',
  },
  garbled: {
    en: 'Gemini’s reply could not be read. Try again in a minute.',
    ja: 'Gemini の応答を読み取れませんでした。1 分ほどしてからもう一度お試しください。',
  },
  cut: {
    en: 'Gemini broke off in the middle of the answer. Try again.',
    ja: 'Gemini の回答が途中で途切れました。もう一度お試しください。',
  },
  empty: {
    en: 'Gemini’s answer was empty. Try again.',
    ja: 'Gemini の回答が空でした。もう一度お試しください。',
  },
  thoughtOnly: {
    en: 'Gemini used up the room for its answer on thinking. Try again, or raise ANSWER_MAX_OUTPUT_TOKENS.',
    ja: 'Gemini が思考だけで出力の上限を使い切り、回答がありませんでした。もう一度試すか、ANSWER_MAX_OUTPUT_TOKENS を増やしてください。',
  },
  aborted: {
    en: 'The request to Gemini was cancelled.',
    ja: 'Gemini への問い合わせは中止されました。',
  },
} as const satisfies Record<string, Words>;

/** @param said Google's own words, made harmless; empty where there are none */
export function refusedRequest(said: string): Words {
  return said === ''
    ? { en: 'Gemini refused the request.', ja: 'Gemini にリクエストを拒否されました。' }
    : { en: `Gemini refused the request: “${said}”.`, ja: `Gemini にリクエストを拒否されました（「${said}」）。` };
}

export function failedInside(status: number): Words {
  return {
    en: `Gemini had a fault of its own (HTTP ${status}). Try again in a minute.`,
    ja: `Gemini の内部でエラーが発生しました（HTTP ${status}）。1 分ほどしてからもう一度お試しください。`,
  };
}

export function unknownModel(model: string, variable: string): Words {
  return {
    en: `Google does not offer the model ${model} to this key. Choose another in ${variable}; https://ai.google.dev/gemini-api/docs/models lists them.`,
    ja: `モデル ${model} はこのキーでは利用できません。${variable} に別のモデルを指定してください。一覧: https://ai.google.dev/gemini-api/docs/models`,
  };
}

export function dayQuota(retryAfterMs: number): Words {
  const hours = Math.max(1, Math.round(retryAfterMs / 3_600_000));
  return {
    en: `Gemini’s quota for today is used up. It starts anew at midnight in California, in about ${hours} h.`,
    ja: `本日分の Gemini の利用枠を使い切りました。枠はカリフォルニア時間の午前 0 時（およそ ${hours} 時間後）に更新されます。`,
  };
}

export function minuteQuota(retryAfterMs: number): Words {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return {
    en: `Gemini’s quota for this minute is used up. Try again in ${seconds} s.`,
    ja: `Gemini の 1 分あたりの利用枠を使い切りました。${seconds} 秒後にもう一度お試しください。`,
  };
}
