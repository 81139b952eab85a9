import { beforeEach, expect, test } from 'vitest';
import type { FrameSettings, ToFrame, ToLauncher } from '../protocol.ts';
import { type Bridge, createBridge } from './bridge.ts';

const settings: FrameSettings = { locale: 'en', title: 'Shop', greeting: '', accent: '#1d4ed8', theme: 'auto' };
const credentials = { visitorToken: 'v1', identity: null };
const init: ToFrame = { type: 'init', settings, credentials, isOpen: true };
const site = 'https://shop.example';

let sent: { readonly message: ToLauncher; readonly to: string }[];
let launcher: { postMessage(message: ToLauncher, to: string): void };
let page: EventTarget & { parent: unknown };
let bridge: Bridge;

beforeEach(() => {
  sent = [];
  launcher = { postMessage: (message, to) => void sent.push({ message, to }) };
  page = Object.assign(new EventTarget(), { parent: launcher });
  bridge = createBridge(page as unknown as Window);
});

function hear(data: unknown, { origin = site, source = launcher as unknown } = {}): void {
  page.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }));
}

test('nothing is known before the page around it has spoken, and only that page is listened to', () => {
  hear(init, { source: {} });
  hear({ type: 'visible', isOpen: true });
  for (const nothing of [null, 'init', 7, {}, { type: 7 }]) hear(nothing);
  bridge.post({ type: 'close' });
  expect([bridge.state(), sent]).toEqual([null, []]);

  hear(init);
  expect(bridge.state()).toEqual({ settings, isOpen: true, turn: 0 });
  expect(bridge.credentials()).toEqual(credentials);
  hear(
    { type: 'credentials', credentials: { visitorToken: 'theirs', identity: null } },
    { origin: 'https://evil.example' },
  );
  hear({ ...init, credentials: { visitorToken: 'theirs', identity: null } }, { origin: 'https://evil.example' });
  expect(bridge.credentials()).toEqual(credentials);
  bridge.post({ type: 'close' });
  expect(sent).toEqual([{ message: { type: 'close' }, to: site }]);
});

test('a page that nobody frames hears nothing, not even itself', () => {
  page.parent = page;
  const alone = createBridge(page as unknown as Window);
  hear(init, { source: page });
  expect(alone.state()).toBeNull();
});

test('newer credentials are asked for, and answered once for everybody who waits', async () => {
  hear(init);
  const [one, other] = [bridge.renew('identity'), bridge.renew('identity')];
  expect(sent.map(({ message }) => message)).toEqual(Array(2).fill({ type: 'need', what: 'identity' }));
  hear({ type: 'credentials', credentials: { visitorToken: 'v1', identity: 'j2' } });
  expect(await Promise.all([one, other])).toEqual([true, true]);
  expect([bridge.credentials().identity, bridge.state()?.turn]).toEqual(['j2', 1]);
  const none = bridge.renew('identity');
  hear({ type: 'credentials', credentials: null });
  expect(await none).toBe(false);
  expect(bridge.credentials().identity).toBe('j2');
});

test('whoever leaves is not shown any more, and the launcher is told once the service knows', async () => {
  const left = Promise.withResolvers<void>();
  bridge.onLogOut(() => left.promise);
  hear(init);
  const shown: unknown[] = [];
  bridge.subscribe(() => shown.push(bridge.state()));
  hear({ type: 'log-out' });
  expect([bridge.state(), shown, sent]).toEqual([null, [null], []]);
  hear(init);
  expect(bridge.state()).toBeNull();
  left.reject(new Error('The service is away.'));
  await expect.poll(() => sent).toEqual([{ message: { type: 'logged-out' }, to: site }]);
});
