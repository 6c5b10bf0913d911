import type { ClientMessage } from '../../../client-state.ts';
import { h, isComposing } from '../dom.ts';
import { icon } from '../icons.ts';
import { avatar } from '../names.ts';
import type { Page } from '../page.ts';
import { t } from '../texts.ts';
import { commandForm, type CommandForm } from './command-form.ts';
import { leaves } from './available.ts';
import { filterLeaves, localName, parseTyped, type Leaf, type Typed } from './command-list.ts';
import { fileTray } from './file-tray.ts';
import { decodeMentions, encodeMentions, mentionAt } from './mentions.ts';
import { ofOthers } from './of-others.ts';
import { suggestionList } from './suggestion-list.ts';
import { chooseFile } from './upload.ts';

/** Where people write: plain messages, or a command with its options. */
export function composerView(page: Page) {
  const { store } = page;
  const list = suggestionList();
  const files = fileTray(page);
  const replyBar = h('div', { class: 'reply-bar', hidden: true });
  const area = h('textarea', {
    class: 'write',
    rows: 1,
    maxlength: 4000,
    autocomplete: 'off',
    enterkeyhint: 'send',
  });
  const grow = h('div', { class: 'write-field' }, area);
  const attach = h(
    'button',
    { class: 'icon-button', type: 'button', on: { click: () => void chooseFile().then(addFile) } },
    icon('plus', 22),
  );
  const send = h(
    'button',
    { class: 'icon-button send', type: 'button', on: { click: () => void (form ? form.submit() : say()) } },
    icon('send', 22),
  );
  const slot = h('div', { class: 'composer-slot' }, grow);
  const typing = h('div', { class: 'typing', 'aria-live': 'polite' });
  const box = h('div', { class: 'composer-box' }, attach, slot, send);
  const element = h('footer', { class: 'composer' }, list.element, replyBar, files.element, box, typing);
  let form: CommandForm | null = null;
  let replying: ClientMessage | null = null;

  function setText(text: string): void {
    area.value = text;
    onInput();
  }

  function openForm({ leaf, values, left }: Typed): void {
    list.hide();
    setReply(null);
    form = commandForm(page, list, { leaf, values }, { closed: (text) => closeForm(text ?? '') });
    slot.replaceChildren(form.element);
    element.classList.add('with-command');
    form.focus();
    if (left) form.sayLeft(left);
  }

  function closeForm(text: string): void {
    form = null;
    slot.replaceChildren(grow);
    element.classList.remove('with-command');
    list.hide();
    setText(text);
    area.focus();
  }

  function onInput(): void {
    grow.dataset['value'] = area.value;
    send.disabled = area.value.trim() === '' && files.ids().length === 0 && !form;
    const all = leaves(page);
    const typed = parseTyped(area.value, all);
    const ambiguous = all.some((leaf) => typed && leaf !== typed.leaf && leaf.path.startsWith(`${typed.leaf.path} `));
    if (typed && /^\/\S+.*\s/.test(area.value) && !ambiguous) return openForm(typed);
    if (refuse(area.value)) return;
    if (area.value.startsWith('/') && !area.value.includes('\n'))
      return suggestCommands(filterLeaves(all, area.value.slice(1)));
    const mention = mentionAt(area.value, area.selectionStart);
    if (mention) return suggestMembers(mention);
    list.hide();
  }

  /** Says who has the command that was typed, where this person has not, and that it is not sent. */
  function refuse(typed: string): boolean {
    const extra = ofOthers(page, typed);
    if (extra === null) return false;
    list.show({ field: area, title: null, rows: [], extra });
    return true;
  }

  function suggestCommands(found: readonly Leaf[]): void {
    const { bot } = store.snapshot() ?? {};
    const { locale } = page.settings();
    list.show({
      field: area,
      title:
        found.length > 0
          ? t('commandsMatching', { bot: bot?.displayName ?? '' })
          : t('noCommands', { text: area.value }),
      rows: found.map((leaf) => ({
        ...(bot ? { icon: avatar(bot, 28) } : {}),
        label: `/${leaf.localPath}`,
        hint: leaf.options.map((option) => localName(option, locale)).join('  '),
        description: leaf.description,
        choose: () => openForm({ leaf, values: {}, left: '' }),
      })),
    });
  }

  function suggestMembers(mention: { readonly from: number; readonly typed: string }): void {
    const wanted = mention.typed.toLowerCase();
    const found = (store.guild()?.members ?? []).filter(({ user }) =>
      `${user.displayName} ${user.username}`.toLowerCase().includes(wanted),
    );
    if (found.length === 0) return list.hide();
    list.show({
      field: area,
      title: t('membersMatching'),
      rows: found.slice(0, 10).map(({ user }) => ({
        icon: avatar(user, 24),
        label: user.displayName,
        hint: user.username,
        choose: () => {
          const before = `${area.value.slice(0, mention.from)}@${user.displayName} `;
          area.value = before + area.value.slice(area.selectionStart);
          area.setSelectionRange(before.length, before.length);
          list.hide();
          grow.dataset['value'] = area.value;
        },
      })),
    });
  }

  async function say(): Promise<void> {
    const channel = store.channel();
    const content = encodeMentions(area.value.trim(), store.guild(), store.snapshot()?.channels ?? []);
    if (!channel || (!content && files.ids().length === 0)) return;
    if (refuse(content)) return;
    const draft = { text: area.value, reply: replying };
    const uploadIds = files.ids();
    setText('');
    setReply(null);
    const sent = await page.act('say', {
      channelId: channel.id,
      content,
      ...(draft.reply ? { replyTo: draft.reply.id } : {}),
      ...(uploadIds.length > 0 ? { uploadIds } : {}),
    });
    if (sent) return files.clear();
    if (!area.value) setText(draft.text);
    setReply(draft.reply);
  }

  function setReply(message: ClientMessage | null): void {
    replying = message;
    replyBar.hidden = message === null;
    if (!message) return replyBar.replaceChildren();
    replyBar.replaceChildren(
      h('span', {}, t('replyingTo', { name: message.author.displayName })),
      h(
        'button',
        { class: 'icon-button', type: 'button', 'aria-label': t('cancelReply'), on: { click: () => setReply(null) } },
        icon('close', 16),
      ),
    );
    if (!form) area.focus();
  }

  async function addFile(file: File | null): Promise<void> {
    if (!file) return;
    if (form) await form.attach(file);
    else await files.add(file);
    send.disabled = false;
  }

  area.addEventListener('input', onInput);
  area.addEventListener('blur', (event) => list.left(event));
  area.addEventListener('focus', onInput);
  area.addEventListener('keydown', (event) => {
    if (isComposing(event)) return;
    const open = list.isOpen();
    if (open && event.key === 'ArrowDown') list.move(1);
    else if (open && event.key === 'ArrowUp') list.move(-1);
    else if (open && (event.key === 'Enter' || event.key === 'Tab')) list.choose();
    else if (event.key === 'Escape' && !list.element.hidden) list.hide();
    else if (event.key === 'Escape' && replying) setReply(null);
    else if (event.key === 'Enter' && !event.shiftKey) void say();
    else return;
    event.preventDefault();
  });
  area.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    void addFile(file);
  });

  return {
    element,
    addFile,
    setReply,
    draw(): void {
      const channel = store.channel();
      const name = channel
        ? channel.kind === 'text'
          ? `#${channel.name}`
          : channel.kind === 'dm'
            ? `@${channel.name}`
            : channel.name
        : '';
      // On a phone there is room for no more.
      area.placeholder = t(matchMedia('(max-width: 760px)').matches ? 'writeLabel' : 'writeIn', { channel: name });
      area.setAttribute('aria-label', t('writeLabel', { channel: name }));
      attach.setAttribute('aria-label', t('attach'));
      send.setAttribute('aria-label', t('send'));
      send.disabled = !form && area.value.trim() === '';
    },
    drawTyping(): void {
      const now = store.typing();
      const here = now && now.channelId === store.channel()?.id && now.untilMs > Date.now();
      typing.replaceChildren(
        ...(here
          ? [h('span', { class: 'dots' }, h('i'), h('i'), h('i')), t('typing', { name: now.user.displayName })]
          : []),
      );
    },
    /** Another channel or person: what was begun is dropped, and what is typed may mean something else. */
    reset(): void {
      setReply(null);
      files.clear();
      if (form) closeForm('');
      else onInput();
    },
    prefill(text: string): void {
      if (form) closeForm('');
      const typed = parseTyped(text, leaves(page));
      if (typed) return openForm(typed);
      setText(decodeMentions(text, store.guild(), store.snapshot()?.channels ?? []));
      area.focus();
    },
    focus: () => (form ? form.focus() : area.focus()),
  };
}
