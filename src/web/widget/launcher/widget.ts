import type { WidgetAppearance } from '#channels/http/contract/widgets.ts';
import type { Credentials, FrameSettings } from '../protocol.ts';
import { createFace } from './face.ts';
import { createIdentityKeeper } from './identity.ts';
import { createLifetime } from './lifetime.ts';
import type { WidgetOptions } from './options.ts';
import type { Say } from './say.ts';
import { createVisitor } from './visitor.ts';
import { createVisitorMemory } from './visitor-memory.ts';
import type { Emit } from './widget-events.ts';
import { chooseLocale } from './words.ts';

export interface WidgetDeps {
  /** The service's origin. */
  readonly service: string;
  readonly widgetId: string;
  readonly options: WidgetOptions;
  readonly emit: Emit;
  readonly say: Say;
}

export type Widget = ReturnType<typeof createWidget>;

/** One widget on a page, from its boot until it is destroyed. */
export function createWidget({ service, widgetId, options: first, emit, say }: WidgetDeps) {
  const lifetime = createLifetime();
  const memory = createVisitorMemory(widgetId, () => window.localStorage);
  const visitor = createVisitor({
    service,
    widgetId,
    memory,
    lifetime,
    say,
    emit,
    onFrameBlocked: () => face?.fail(),
  });
  const identity = createIdentityKeeper({
    endpoint: () => options.tokenEndpoint,
    lifetime,
    say,
    onChange: (isSomebodyElse) => (isSomebodyElse ? face?.changePerson() : face?.tell(credentials())),
    onNeeded: () => emit('identity-needed'),
  });
  let options = first;
  let wantsOpen = false;
  let face: ReturnType<typeof createFace> | null = null;

  const settings = () => settingsOf(options, visitor.appearance());

  function credentials(): Credentials | null {
    const visitorToken = visitor.token();
    return visitorToken === null ? null : { visitorToken, identity: identity.current()?.token ?? null };
  }

  const draw = () => face?.draw(options.position ?? visitor.appearance()?.position ?? 'right');

  async function prepare(): Promise<void> {
    await Promise.all([visitor.ready(), identity.ready()]);
  }

  function fail(code: string, message: string): void {
    say(message);
    emit('error', { code, message });
  }

  async function start(): Promise<void> {
    await bodyIsThere(lifetime.signal);
    if (!(await visitor.boot())) return;
    face = createFace({
      service,
      widgetId,
      lifetime,
      memory,
      nonce: options.nonce,
      emit,
      settings,
      credentials,
      prepare,
      onNeed: (what) => void renew(what),
      onRefused: (code) => visitor.refuse(code),
      onFailed: () =>
        fail(
          'FRAME_FAILED',
          `The chat has not answered in its frame. The page's content policy or a blocker may refuse ${service}.`,
        ),
    });
    draw();
    // What a visitor without a name was told is no news for whoever the site has named.
    if (identity.current() === null) face.begin(visitor.lastAnswer());
    emit('ready');
    if (wantsOpen) face.open();
  }

  /** What the frame holds is over: it gets what there is in its place, or learns that there is nothing. */
  async function renew(what: 'visitor' | 'identity'): Promise<void> {
    const begun = face?.turn();
    const before = identity.current();
    const isFound =
      what === 'visitor' ? await visitor.boot() : await identity.renew().then(() => identity.current() !== before);
    if (begun !== face?.turn() || lifetime.signal.aborted) return;
    // Whoever has no name may have left in another tab: what was theirs is nobody's to see.
    if (what === 'visitor' && isFound && before === null) face?.changePerson();
    else face?.tell(isFound ? credentials() : null);
  }

  /** Whoever was here is gone; whoever is here next is somebody else. */
  function leave(): void {
    identity.forget();
    const next = visitor.boot();
    void face?.leave(next);
  }

  window.addEventListener(
    'storage',
    (event) => {
      if (!memory.isGoodbye(event)) return;
      visitor.forgetHere();
      leave();
    },
    { signal: lifetime.signal },
  );
  void start();
  return {
    widgetId,
    open(): void {
      wantsOpen = true;
      face?.open();
    },
    close(): void {
      wantsOpen = false;
      face?.close();
    },
    toggle(): void {
      if (face === null) wantsOpen = !wantsOpen;
      else face.toggle();
    },
    update(changed: WidgetOptions): void {
      options = { ...options, ...changed };
      draw();
    },
    identify(token: unknown): void {
      if (!identity.identify(token)) fail('IDENTITY_INVALID', 'identify needs a JWT with sub and exp.');
    },
    logOut(): void {
      visitor.forget();
      leave();
    },
    destroy: () => lifetime.end(),
  };
}

/** How the chat looks: as the page says, and where it says nothing, as the widget's settings do. */
function settingsOf(options: WidgetOptions, appearance: WidgetAppearance | null): FrameSettings {
  const { greeting = '', accent = '#000000', theme = 'auto', title = '' } = appearance ?? {};
  return {
    locale: chooseLocale(options.locale, document.documentElement.lang, navigator.language),
    title,
    greeting: options.greeting ?? greeting,
    accent: options.accent ?? accent,
    theme: options.theme ?? theme,
  };
}

/** A script in the head may run before there is a body. */
function bodyIsThere(signal: AbortSignal): Promise<void> | void {
  if (document.body !== null) return;
  return new Promise((resolve) => {
    document.addEventListener('DOMContentLoaded', () => resolve(), { once: true, signal });
  });
}
