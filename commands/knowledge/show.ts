import { AppError } from '../../src/errors.ts';
import {
  actionId,
  ago,
  authorIn,
  button,
  counted,
  isPerson,
  link,
  MESSAGE_LIMIT,
  quoted,
  row,
  shown,
  size,
  smallPrint,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';
import type { Document } from '../../src/knowledge/model.ts';
import { FORGOTTEN } from '../../src/knowledge/people-ports.ts';

const EXCERPT = 300;

export function show(request: LiveRequest, services: Services): View {
  return view(request, services, documentId(request.text('document')));
}

export function showPressed(request: LiveRequest, services: Services): View {
  return view(request, services, documentId(request.args[0] ?? null));
}

/** @throws AppError `not_found` for what is no document's number: somebody typed instead of choosing */
export function documentId(text: string | null): number {
  const id = Number(/^\s*#?(\d{1,15})\s*$/.exec(text ?? '')?.[1] ?? Number.NaN);
  if (Number.isSafeInteger(id)) return id;
  throw new AppError('not_found', {
    en: `I know no document “${shown(text ?? '')}”. Choose one from the suggestions, or give its number from \`/knowledge list\`.`,
    ja: `「${shown(text ?? '')}」という文書はありません。候補から選ぶか、\`/knowledge list\` の番号を指定してください。`,
  });
}

function view(request: LiveRequest, { library }: Services, id: number): View {
  const { document, firstChunks, job } = library.show(request.guildId, id);
  const state = {
    ready: request.say({ en: '✅ learned', ja: '✅ 学習済み' }),
    queued: request.say({ en: '⏳ being read', ja: '⏳ 読み込み中' }),
    failed: request.say({ en: '❌ could not be read', ja: '❌ 読み取り失敗' }),
  }[document.state];
  const passages = request.say({
    en: counted(document.chunkCount, 'passage'),
    ja: `該当箇所 ${document.chunkCount} 件`,
  });
  const going = job !== null && job.total > 0 ? ` (${job.done}/${job.total})` : '';
  const lines = [
    `**#${document.id} ${link(shown(document.title), document.url)}**`,
    `${state}${going} · ${passages} · ${size(document.sizeBytes)} · ${shown(document.name, 60)}`,
    addedBy(request, document),
  ];
  const failure = document.failureWords ?? document.failure ?? job?.failureWords ?? job?.failure ?? null;
  if (failure !== null) lines.push(`> ${shown(request.say(failure), 300)}`);
  for (const { headings, ordinal, text } of firstChunks) {
    const above = headings.slice(-2).map((heading) => shown(heading, 40));
    const block = `${smallPrint(above.join(' › ') || `${ordinal + 1}`)}\n${quoted(text, EXCERPT)}`;
    if ([...lines, block].join('\n').length <= MESSAGE_LIMIT) lines.push(block);
  }
  const removeIt = request.say({ en: 'Remove…', ja: '削除…' });
  return {
    content: lines.join('\n'),
    components: [row(button(actionId('knowledge', 'ask', document.id), removeIt, { style: 'danger' }))],
  };
}

/** By whom, or through what: by the token's name where a program did it. */
function addedBy(request: LiveRequest, { addedBy: author, addedAt }: Document): string {
  const when = ago(addedAt);
  if (isPerson(author)) {
    return request.say({ en: `Added by <@${author}> ${when}`, ja: `<@${author}> さんが${when}に追加` });
  }
  if (author === FORGOTTEN) {
    return request.say({
      en: `Added by somebody who asked to be forgotten ${when}`,
      ja: `${when}に追加（追加者の情報は削除済み）`,
    });
  }
  if (author === 'system')
    return request.say({ en: `Came with NescordBot ${when}`, ja: `NescordBot に付属（${when}）` });
  const way = authorIn(request.locale, author);
  return request.say({ en: `Added through the ${way} ${when}`, ja: `${when}に${way}から追加` });
}
