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
  refused: {
    en: 'Gemini does not accept this text.',
    ja: 'Gemini がこの文章を受け付けませんでした。',
  },
  blocked: {
    en: 'Gemini’s safety filter refused to answer this. Try to ask in other words.',
    ja: 'Gemini の安全フィルターにより回答が拒否されました。別の言い方で質問してみてください。',
  },
  down: {
    en: 'Gemini cannot be reached at the moment. Try again in a minute.',
    ja: '現在 Gemini に接続できません。1 分ほどしてからもう一度お試しください。',
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
  aborted: {
    en: 'The request to Gemini was cancelled.',
    ja: 'Gemini への問い合わせは中止されました。',
  },
} as const satisfies Record<string, Words>;

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
