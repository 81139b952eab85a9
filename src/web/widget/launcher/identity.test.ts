import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIdentityKeeper, readIdentity } from './identity.ts';
import { createLifetime, type Lifetime } from './lifetime.ts';

const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;

function token(claims: object): string {
  const part = (value: object) =>
    btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
      .replaceAll('+', '-')
      .replaceAll('/', '_');
  return `${part({ alg: 'HS256' })}.${part(claims)}.signature`;
}

const tokenOf = (sub: string, lasts = 600, id = '1') => token({ sub, iat: seconds, exp: seconds + lasts, jti: id });

let lifetime: Lifetime;
let changes: (boolean | 'needed')[];
beforeEach(() => {
  vi.useFakeTimers({ now });
  lifetime = createLifetime();
  changes = [];
});
afterEach(() => {
  lifetime.end();
  vi.useRealTimers();
});

const keeper = () =>
  createIdentityKeeper({
    endpoint: () => undefined,
    lifetime,
    say: () => undefined,
    onChange: (isSomebodyElse) => changes.push(isSomebodyElse),
    onNeeded: () => changes.push('needed'),
  });

test('who a token is about and how long it lasts is read, whatever the clock of the machine says', () => {
  expect(readIdentity(tokenOf('Zoë'), now)).toMatchObject({ endsAt: now + 600_000 });
  expect(readIdentity(tokenOf('ann'), now + 3_600_000)?.endsAt).toBe(now + 4_200_000);
  expect(readIdentity(token({ sub: 'ann', exp: seconds + 60 }), now)?.endsAt).toBe(now + 60_000);
  for (const broken of [null, 7, '', 'a.b', 'a.b.c', token({ sub: 'ann' }), token({ exp: 1 }), token([])]) {
    expect(readIdentity(broken, now)).toBeNull();
  }
});

test('a newer token of the same person is no change of person, another person is', () => {
  const identity = keeper();
  expect(identity.identify('nonsense')).toBe(false);
  expect(identity.identify(tokenOf('ann'))).toBe(true);
  expect(identity.identify(tokenOf('ann', 600, '2'))).toBe(true);
  expect(identity.identify(tokenOf('bob'))).toBe(true);
  expect(changes).toEqual([true, false, true]);
});

test('the page is asked again a minute before a token is over, and not once it is replaced or nobody is there', async () => {
  const identity = keeper();
  identity.identify(tokenOf('ann'));
  await vi.advanceTimersByTimeAsync(539_000);
  expect(changes).toEqual([true]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(changes).toEqual([true, 'needed']);
  identity.identify(tokenOf('ann', 600, '2'));
  identity.forget();
  await vi.advanceTimersByTimeAsync(900_000);
  expect(changes).toEqual([true, 'needed', false]);
  identity.identify(tokenOf('ann', 600, '3'));
  lifetime.end();
  expect(vi.getTimerCount()).toBe(0);
});
