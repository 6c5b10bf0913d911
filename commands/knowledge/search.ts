import {
  actionId,
  passagePage,
  shown,
  smallPrint,
  type LiveRequest,
  type Services,
  type View,
} from '../../src/discord/command.ts';

const LIMIT = 20;
/** A custom id holds 100 characters, and ours carries what was looked for. */
const QUERY_IN_ID = 78;

export function search(request: LiveRequest, services: Services): Promise<View> {
  return found(request, services, request.text('text') ?? '', 1);
}

export function searchPage(request: LiveRequest, services: Services): Promise<View> {
  const [page, ...query] = request.args;
  return found(request, services, query.join(':'), Number(page));
}

async function found(request: LiveRequest, { library }: Services, query: string, page: number): Promise<View> {
  const result = await library.search(request.guildId, query, LIMIT, request.signal);
  const notice = result.notice === null ? [] : [smallPrint(request.say(result.notice))];
  if (result.passages.length === 0) {
    const words = request.say({
      en: `Nothing that I know comes close to **${shown(query)}**.`,
      ja: `「${shown(query)}」に近い内容は見つかりませんでした。`,
    });
    return { content: [words, ...notice].join('\n') };
  }
  // Buttons of a longer query could not say what they belong to, so there is one page of it.
  const fits = query.length <= QUERY_IN_ID;
  const view = passagePage(fits ? result.passages : result.passages.slice(0, 2), {
    title: query,
    page,
    locale: request.locale,
    idOf: (page) => actionId('knowledge', 'search', page, query),
  });
  return { ...view, content: [view.content, ...notice].join('\n') };
}
