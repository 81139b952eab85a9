import { expect, test } from 'vitest';
import { createScrubber, scrubJson } from './scrub.ts';
import { Secret } from './secret.ts';

const value = 'k3y/with "quotes"+and=signs';
const scrub = createScrubber([new Secret(value)]);
const forms = {
  plain: value,
  'URL-encoded': encodeURIComponent(value),
  base64: Buffer.from(value).toString('base64'),
  base64url: Buffer.from(value).toString('base64url'),
  hex: Buffer.from(value).toString('hex'),
  'JSON-escaped': JSON.stringify(value),
};

test.each(Object.entries(forms))('a secret in %s form is replaced', (_name, form) => {
  const clean = scrub(`before ${form} after`);
  expect(clean).not.toContain(form.replace(/=+$/, ''));
  expect(clean).toMatch(/^before .*\[secret [0-9a-f]{8}\].* after$/);
});

test('secrets deep inside a JSON value are replaced and the rest is kept', () => {
  expect(scrubJson(scrub, { a: [1, { note: `x ${value}` }], ok: true })).toEqual({
    a: [1, { note: expect.stringMatching(/^x \[secret/) }],
    ok: true,
  });
});

test('a value without a secret is the same object', () => {
  const value = { a: 1 };
  expect(scrubJson(scrub, value)).toBe(value);
});

test('what is too short to be a secret mangles nothing', () => {
  expect(createScrubber([new Secret('a'), new Secret('12345')])('a cat counts to 12345')).toBe('a cat counts to 12345');
  expect(createScrubber([new Secret('123456')])('up to 123456')).toMatch(/^up to \[secret/);
});
