import { createFullScreen } from './full-screen.ts';
import type { Lifetime } from './lifetime.ts';
import { type Look, launcherColors, launcherIcons } from './look.ts';
import { addSheet } from './sheets.ts';
import { launcherStyles } from './styles.ts';
import type { LauncherWords } from './words.ts';

interface PanelDeps {
  readonly lifetime: Lifetime;
  readonly nonce: string | undefined;
  readonly onToggle: () => void;
  readonly onClose: () => void;
  readonly onRetry: () => void;
  /** Somebody is about to open it. */
  readonly onNear: () => void;
}

export type Panel = ReturnType<typeof createPanel>;

/** The button and the dialog on the customer's page, in a shadow root. Nothing of a chat is in here but its frame. */
export function createPanel({ lifetime, nonce, ...on }: PanelDeps) {
  const { signal } = lifetime;
  const host = document.createElement('personas-widget');
  const root = host.attachShadow({ mode: 'open' });
  addSheet(root, launcherStyles, nonce);
  const variables = addSheet(root, '', nonce);
  const { button, badge } = createButton();
  const waiting = createWaiting();
  const dialog = make('dialog', { class: 'panel', id: 'panel', tabindex: '-1' }, waiting.element);
  root.append(button, dialog);
  document.body.append(host);
  lifetime.onEnd(() => host.remove());

  let colors = '';
  let room = '';
  let words: LauncherWords | null = null;
  let unread = 0;
  const paint = () => variables.set(`:host { ${colors}${room} }`);
  const fullScreen = createFullScreen({
    lifetime,
    nonce,
    onRoom(properties) {
      room = properties;
      paint();
    },
    onChange: () => dialog.open && show(),
  });

  button.addEventListener('click', on.onToggle, { signal });
  button.addEventListener('pointerenter', on.onNear, { signal });
  button.addEventListener('focus', on.onNear, { signal });
  waiting.retry.addEventListener('click', on.onRetry, { signal });
  waiting.close.addEventListener('click', on.onClose, { signal });
  dialog.addEventListener(
    'cancel',
    (event) => {
      event.preventDefault();
      on.onClose();
    },
    { signal },
  );
  host.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !dialog.open) return;
      event.preventDefault();
      on.onClose();
    },
    { signal },
  );

  /** On a phone it lies over everything and the page behind takes part in nothing; elsewhere the page stays usable. */
  function show(): void {
    const full = fullScreen.isWanted();
    if (dialog.open) dialog.close();
    dialog.classList.toggle('full', full);
    fullScreen.lock(full);
    if (full) dialog.showModal();
    else dialog.show();
  }

  function name(): void {
    if (words === null) return;
    const said = unread === 0 ? '' : `, ${words.unread(unread)}`;
    button.setAttribute('aria-label', dialog.open ? words.close : `${words.open}${said}`);
    button.setAttribute('aria-expanded', String(dialog.open));
    host.toggleAttribute('data-open', dialog.open);
  }

  return {
    look(look: Look, inWords: LauncherWords): void {
      words = inWords;
      host.lang = look.locale;
      host.dataset.position = look.position;
      host.dataset.theme = look.theme;
      const { background, foreground } = launcherColors(look.accent);
      colors = `--accent:${background};--on-accent:${foreground};`;
      paint();
      dialog.setAttribute('aria-label', look.title);
      waiting.say(words);
      name();
    },
    unread(count: number): void {
      unread = count;
      badge.hidden = count === 0;
      badge.textContent = count > 9 ? '9+' : String(count);
      name();
    },
    isOpen: () => dialog.open,
    open(): void {
      show();
      name();
      if (!('ready' in dialog.dataset)) dialog.focus({ preventScroll: true });
    },
    close(): void {
      dialog.close();
      fullScreen.lock(false);
      name();
      button.focus({ preventScroll: true });
    },
    /** Shows that something is on its way, in the place of whatever was there. */
    wait(): void {
      delete dialog.dataset.ready;
      waiting.show('loading');
    },
    fail: () => waiting.show('failed'),
    ready(): void {
      dialog.dataset.ready = '';
      waiting.show(null);
    },
    hold: (frame: HTMLIFrameElement) => dialog.append(frame),
  };
}

function createButton() {
  const badge = make('span', { class: 'badge', 'aria-hidden': 'true', hidden: '' });
  const icons = [icon(launcherIcons.bubble, 'bubble'), icon(launcherIcons.cross, 'cross')];
  const button = make('button', {
    class: 'launcher',
    type: 'button',
    'aria-haspopup': 'dialog',
    'aria-controls': 'panel',
  });
  button.append(...icons, badge);
  return { button, badge };
}

function createWaiting() {
  const spinner = make('span', { class: 'spinner', 'aria-hidden': 'true' });
  const text = make('p', { role: 'status' });
  const retry = make('button', { class: 'plain', type: 'button' });
  const close = make('button', { class: 'plain', type: 'button' });
  const element = make('div', { class: 'waiting' }, spinner, text, retry, close);
  let words: LauncherWords | null = null;
  let state: 'loading' | 'failed' | null = 'loading';
  const draw = () => {
    element.hidden = state === null;
    spinner.hidden = state !== 'loading';
    retry.hidden = state !== 'failed';
    text.textContent = state === null || words === null ? '' : words[state];
    retry.textContent = words?.retry ?? '';
    close.textContent = words?.close ?? '';
  };
  return {
    element,
    retry,
    close,
    say(inWords: LauncherWords) {
      words = inWords;
      draw();
    },
    show(next: typeof state) {
      state = next;
      draw();
    },
  };
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function icon(path: string, className: string): SVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const shape = document.createElementNS(space, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  const attributes = {
    class: className,
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '1.8',
  };
  const ends = { 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true' };
  for (const [name, value] of Object.entries({ ...attributes, ...ends })) svg.setAttribute(name, value);
  return svg;
}
