import type { ClientLocale, ClientMessage } from '../../client-state.ts';
import { composerView } from './composer/composer.ts';
import { findCommand } from './composer/available.ts';
import { h } from './dom.ts';
import { hexColor } from './names.ts';
import type { Page } from './page.ts';
import { paths } from './paths.ts';
import { loadSettings, saveSettings, type Settings } from './settings.ts';
import { createSocket, Refused } from './socket.ts';
import { createStore } from './store.ts';
import { t, useLocale } from './texts.ts';
import { startClock } from './time.ts';
import { drawHeader, drawMembers } from './views/header.ts';
import { messagesView } from './views/messages.ts';
import { showModal } from './views/modal.ts';
import { showNotice } from './views/popup.ts';
import { drawRail, drawSidebar } from './views/sidebar.ts';

let settings: Settings = loadSettings();
speak(settings.locale);
const store = createStore();

const page: Page = {
  store,
  names: {
    user(id) {
      const user = store.guild()?.members.find((member) => member.user.id === id)?.user;
      return user ? { name: user.displayName, isMe: id === store.snapshot()?.me.id } : null;
    },
    role(id) {
      const role = store.guild()?.roles.find((one) => one.id === id);
      return role ? { name: role.name, color: role.color ? hexColor(role.color) : null } : null;
    },
    channel(id) {
      const channel = store.channel(id);
      return channel ? { name: channel.name, open: () => openChannel(id) } : null;
    },
    command: (name) => (findCommand(page, name) ? () => composer.prefill(`/${name}`) : null),
  },
  request: (action, args) => socket.request(action, args),
  async act(action, args) {
    try {
      return await socket.request(action, args);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      showNotice(error.message);
      return null;
    }
  },
  notice: showNotice,
  settings: () => settings,
  change(part) {
    settings = { ...settings, ...part };
    saveSettings(settings);
    speak(settings.locale);
    void hello();
  },
  openChannel,
  prefill: (text) => composer.prefill(text),
  replyTo: (message: ClientMessage) => composer.setReply(message),
};

const messages = messagesView(page);
const composer = composerView(page);
const rail = h('nav', { class: 'rail' });
const sidebar = h('aside', { class: 'sidebar', 'aria-labelledby': 'place' });
const drawer = h('div', { class: 'drawer' }, rail, sidebar);
const header = h('header', { class: 'channel-head' });
const banner = h('div', { class: 'banner', role: 'status', hidden: true });
const members = h('aside', { class: 'members' });
const shade = h('div', { class: 'shade', on: { click: () => app.classList.remove('drawer-open', 'members-open') } });
const main = h(
  'div',
  { class: 'main' },
  header,
  banner,
  h('div', { class: 'columns' }, h('div', { class: 'conversation' }, messages.element, composer.element), members),
);
const app = document.getElementById('app') ?? document.body.appendChild(h('div'));
app.append(drawer, main, shade);

function speak(locale: ClientLocale): void {
  useLocale(locale);
  document.documentElement.lang = locale;
}

function drawPlaces(): void {
  const channel = store.channel();
  document.title = `${channel ? `#${channel.name}` : 'NescordBot'} · ${t('playground')}`;
  drawRail(page, rail);
  const focused = sidebar.contains(document.activeElement) ? document.activeElement?.getAttribute('data-key') : null;
  drawSidebar(page, sidebar);
  if (focused) sidebar.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  drawHeader(page, header, {
    channels: () => app.classList.toggle('drawer-open'),
    members: () => app.classList.toggle('members-open'),
  });
  drawMembers(page, members);
  drawBanner();
}

function drawBanner(): void {
  const snapshot = store.snapshot();
  const text = !store.connected()
    ? t(snapshot ? 'reconnecting' : 'connecting')
    : snapshot?.botOnline === false
      ? t('botOffline', { bot: snapshot.bot.displayName })
      : '';
  banner.textContent = text;
  banner.hidden = text === '';
  banner.classList.toggle('trouble', !store.connected() && snapshot !== null);
}

function openChannel(channelId: string): void {
  app.classList.remove('drawer-open');
  store.open(channelId);
  settings = { ...settings, channelId };
  saveSettings(settings);
  composer.reset();
  composer.draw();
  void messages.show(channelId);
  // Not on phones, where the keyboard would cover the page; nor away from the switch that one is using.
  const busy = document.activeElement?.matches('input[type=radio]') === true;
  if (matchMedia('(hover: hover)').matches && !busy) composer.focus();
}

/** Says who we are; everything on the page is replaced by what comes back. */
async function hello(): Promise<void> {
  const { persona, locale } = settings;
  const snapshot = await page.act('hello', { persona, locale });
  if (!snapshot) return;
  store.replace(snapshot);
  const wanted = snapshot.channels.find(({ id }) => id === settings.channelId);
  const channel = wanted ?? snapshot.channels.find(({ kind }) => kind === 'text');
  if (channel) openChannel(channel.id);
}

store.subscribe((change) => {
  if (change.kind === 'everything' || change.kind === 'places' || change.kind === 'bot') drawPlaces();
  if (change.kind === 'everything') composer.draw();
  if (change.kind === 'connection') drawBanner();
  composer.drawTyping();
  messages.onChange(change);
});

// A file may be dropped anywhere on the page.
addEventListener('dragover', (event) => {
  event.preventDefault();
  app.classList.add('dropping');
});
for (const type of ['dragleave', 'drop'] as const) addEventListener(type, () => app.classList.remove('dropping'));
addEventListener('drop', (event) => {
  event.preventDefault();
  void composer.addFile(event.dataTransfer?.files[0] ?? null);
});
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') app.classList.remove('drawer-open', 'members-open');
  // Typing with nothing in particular focused writes a message, as in Discord.
  const idle = document.activeElement === document.body || document.activeElement?.closest('.log');
  const types = event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (idle && types && !document.activeElement?.matches('button, input, textarea')) composer.focus();
});
setInterval(() => composer.drawTyping(), 2000);

const socket = createSocket(paths.socket, () => t('reconnecting'), {
  opened: () => void hello(),
  closed: () => store.setConnected(false),
  event: (event) => {
    if (event.event === 'modal') void showModal(page, event.modal).then(focusIfLost);
    else store.apply(event);
  },
});
/** What had the focus before a form opened may be gone: it was the command that opened it. */
function focusIfLost(): void {
  if (document.activeElement === document.body) composer.focus();
}

startClock();
drawBanner();
