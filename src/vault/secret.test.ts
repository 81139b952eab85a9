import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { Secret } from './secret.ts';

const value = 'hunter2-and-more';
const secret = new Secret(value);
/** What a careless hand makes of it, past the checks of the compiler. */
const text = secret as unknown as string;
const object = secret as object;
const holder = { a: [secret], b: new Map([[secret, secret]]), c: new Set([secret]) };

test.each<[string, () => string]>([
  ['a template', () => `${text}`],
  ['joining', () => ['x', secret].join()],
  ['adding', () => `x${String(secret)}`],
  ['toString', () => secret.toString()],
  ['valueOf', () => `${text.valueOf()}`],
  ['JSON', () => JSON.stringify({ ...holder, secret })],
  ['inspection', () => inspect(holder, { depth: 9 })],
  ['inspection of everything', () => inspect(holder, { depth: 9, showHidden: true, getters: true })],
  ['inspection without its own words', () => inspect(secret, { customInspect: false, showHidden: true })],
  ['formats', () => format('%s %o %O %j %d', secret, secret, secret, secret, secret)],
  ['an error message', () => inspect(new Error(`failed with ${text}`))],
  ['an error’s cause', () => inspect(new Error('failed', { cause: secret }))],
  ['a member of an error', () => inspect(Object.assign(new Error('failed'), { secret }))],
  ['its members', () => JSON.stringify([Object.keys(secret), Object.values(secret), { ...object }])],
  ['all its own names', () => JSON.stringify(Object.getOwnPropertyDescriptors(secret))],
  ['a copy', () => inspect(Object.assign({}, secret))],
  ['a clone', () => inspect(structuredClone({ secret: { ...object } }), { showHidden: true })],
  ['a clone of itself', () => JSON.stringify(structuredClone(secret))],
  ['serialization', () => serialize(secret).toString('latin1')],
])('%s does not show it', (_name, show) => {
  const shown = show();
  expect(shown).not.toContain('hunter2');
  expect(shown).not.toContain(Buffer.from(value).toString('base64').slice(0, 12));
});

test('its fingerprint tells secrets apart', () => {
  expect(new Secret(value).fingerprint).toBe(secret.fingerprint);
  expect(new Secret(`${value}!`).fingerprint).not.toBe(secret.fingerprint);
  expect(secret.toString()).toBe(`[secret ${secret.fingerprint}]`);
  expect(secret.reveal()).toBe(value);
});
