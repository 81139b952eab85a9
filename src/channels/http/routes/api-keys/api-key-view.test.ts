import { expect, test } from 'vitest';
import { presentApiKey } from './api-key-view.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 8, 0, second));
const key = {
  id: 'k',
  name: 'script',
  hint: 'pfn_abcdef',
  userId: 'u',
  ownerName: 'Olivia',
  scopes: ['chat'],
  createdAt: at(0),
  expiresAt: at(10),
  lastUsedAt: null,
  revokedAt: null,
};

test.each([
  ['active', key, 9],
  ['expired', key, 10],
  ['revoked', { ...key, revokedAt: at(5) }, 9],
  ['revoked', { ...key, revokedAt: at(5) }, 11],
  ['active', { ...key, expiresAt: null }, 59],
])('a key is shown as %s', (status, row, second) => {
  expect(presentApiKey(row, at(second)).status).toBe(status);
});

test('nothing but what is listed leaves, whatever else a row holds', () => {
  const view = presentApiKey({ ...key, hash: 'secret' } as typeof key, at(0));
  expect(JSON.stringify(view)).not.toContain('secret');
});
