import { readOptions, readTag, type WidgetOptions } from './options.ts';
import { say } from './say.ts';
import { createWidget, type Widget } from './widget.ts';
import { type Emit, type WidgetEvent, widgetEvents } from './widget-events.ts';

type Listener = (detail: object) => void;
type Call = readonly unknown[];

interface Personas {
  (...call: unknown[]): void;
  /** Calls from before this script was there. */
  q?: ArrayLike<unknown>[];
  /** What a further tag on the page, or the same one put there again, is taken by. */
  addTag?: (options: WidgetOptions) => void;
}

/** Puts `personas(…)` on the page, answers what was called before, and boots what the tag names. */
export function install(script: HTMLScriptElement | null): void {
  const page = window as unknown as { personas?: Personas };
  const tag = script ?? document.querySelector<HTMLScriptElement>('script[data-widget][src*="/widget.js"]');
  const options = readTag(tag, say);
  const former = page.personas;
  if (former?.addTag !== undefined) {
    former.addTag(options);
    return;
  }
  if (tag === null) {
    say('It cannot find its own tag on the page.');
    return;
  }
  const api = createApi(new URL(tag.src).origin, options);
  page.personas = Object.assign((...given: unknown[]) => api.call(given), { addTag: api.addTag });
  const queued = Array.from(former?.q ?? [], (given) => Array.from(given));
  const boots = queued.some(([name]) => name === 'boot');
  for (const given of queued) api.call(given);
  if (!boots && options.widget !== undefined) api.call(['boot']);
}

/** One widget at a time. Calls that come before it is booted wait for that. */
function createApi(service: string, ofTag: WidgetOptions) {
  const listeners = new Map<WidgetEvent, Set<Listener>>();
  let tag = ofTag;
  let widget: Widget | null = null;
  let isReady = false;
  let waiting: Call[] = [];

  const emit: Emit = (event, detail = {}) => {
    if (event === 'ready') isReady = true;
    for (const listener of listeners.get(event) ?? []) tell(listener, detail);
  };

  function boot(given: unknown): void {
    const options = { ...tag, ...readOptions(given ?? {}, say) };
    const { widget: widgetId } = options;
    if (widgetId === undefined) {
      say('boot needs the id of a widget: data-widget in the tag, or { widget: "…" }.');
    } else if (widget?.widgetId === widgetId) {
      widget.update(options);
    } else {
      widget?.destroy();
      isReady = false;
      widget = createWidget({ service, widgetId, options, emit, say });
      const held = waiting;
      waiting = [];
      for (const call of held) run(call);
    }
  }

  function destroy(): void {
    widget?.destroy();
    widget = null;
    isReady = false;
    waiting = [];
    listeners.clear();
  }

  function listen(event: unknown, listener: unknown): void {
    const name = widgetEvents.find((known) => known === event);
    if (name === undefined || typeof listener !== 'function') {
      say(`on needs one of the events ${widgetEvents.join(', ')} and a function.`);
      return;
    }
    listeners.set(name, (listeners.get(name) ?? new Set()).add(listener as Listener));
    if (name === 'ready' && isReady) tell(listener as Listener, {});
  }

  const ofWidget: Readonly<Record<string, (widget: Widget, given: unknown) => void>> = {
    update: (booted, given) => booted.update(readOptions(given, say)),
    open: (booted) => booted.open(),
    close: (booted) => booted.close(),
    toggle: (booted) => booted.toggle(),
    identify: (booted, given) => booted.identify(given),
    logout: (booted) => booted.logOut(),
  };

  function run(call: Call): void {
    const [name, first, second] = call;
    const known = typeof name === 'string' && Object.hasOwn(ofWidget, name) ? ofWidget[name] : undefined;
    if (name === 'boot') boot(first);
    else if (name === 'destroy') destroy();
    else if (name === 'on') listen(first, second);
    else if (known === undefined) say(`There is no call “${String(name)}”.`);
    else if (widget === null) waiting.push(call);
    else known(widget, first);
  }

  const addTag = (options: WidgetOptions): void => {
    tag = options;
    if (options.widget !== undefined) boot({});
  };
  return { call: run, addTag };
}

/** What a page does about an event must not break the widget; its error is the page's. */
function tell(listener: Listener, detail: object): void {
  try {
    listener(detail);
  } catch (error) {
    reportError(error);
  }
}
