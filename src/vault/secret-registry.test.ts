import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNeedles } from './needles.ts';
import { Secret } from './secret.ts';
import { createSecretRegistry } from './secret-registry.ts';

const secretNumber = (place: number) => `secret-number-${String(place).padStart(5, '0')}-end`;

const mask = (secret: Secret) => secret.toString();

test('it takes out whatever was added, however much that is, and leaves other text as it is', () => {
  const registry = createSecretRegistry(1_000);
  for (let place = 0; place < 1_000; place += 1) registry.add(new Secret(secretNumber(place)));
  const text = 'The quick brown fox, secret-number-, c2VjcmV0LW51bWJlci0 and more. '.repeat(50);
  expect(registry.scrub(text)).toBe(text);
  for (const place of [0, 499, 999]) {
    const clean = registry.scrub(`${text}${secretNumber(place)}|${secretNumber(place)}${text}`);
    const shown = mask(new Secret(secretNumber(place)));
    expect(clean).toBe(`${text}${shown}|${shown}${text}`);
  }
});

test('beyond its limit it lets go of the one that was not used for longest, never of one that is kept', () => {
  const registry = createSecretRegistry(2);
  const [first, second, third, kept] = [1, 2, 3, 4].map((place) => new Secret(secretNumber(place))) as [
    Secret,
    Secret,
    Secret,
    Secret,
  ];
  registry.keep(kept);
  registry.add(first);
  registry.add(second);
  registry.add(new Secret(first.reveal()));
  registry.add(third);
  registry.add(new Secret(kept.reveal()));
  const text = [first, second, third, kept].map((secret) => secret.reveal()).join(' ');
  expect(registry.scrub(text)).toBe([mask(first), second.reveal(), mask(third), mask(kept)].join(' '));
  registry.add(second);
  expect(registry.scrub(text)).toBe([first.reveal(), mask(second), mask(third), mask(kept)].join(' '));
});

test('a form that two secrets share stays as long as one of them', () => {
  const registry = createSecretRegistry(1);
  const plain = 'abcdefgh';
  registry.keep(new Secret(Buffer.from(plain).toString('hex')));
  registry.add(new Secret(plain));
  registry.add(new Secret('something else'));
  expect(registry.scrub(`${plain} ${Buffer.from(plain).toString('hex')}`)).toMatch(/^abcdefgh \[secret/);
});

test('JSON stays JSON, whatever a secret looks like', () => {
  const registry = createSecretRegistry();
  for (const value of ['","b":"', '123456', '":{"x":', 'true,"']) registry.add(new Secret(value));
  const value = { a: 'x","b":"y', n: [123456, 12.5, true], '":{"x":': 1, b: 'true' };
  const clean = JSON.parse(registry.scrubJson(JSON.stringify(value))) as Record<string, unknown>;
  expect(clean.a).toMatch(/^x\[secret \w{8}\]y$/);
  expect(clean.n).toEqual([expect.stringMatching(/^\[secret/), 12.5, true]);
  expect(JSON.stringify(clean)).not.toContain('123456');
  expect(registry.scrubJson('{"a":1}')).toBe('{"a":1}');
  // The structure of JSON may look like a secret.
  expect(JSON.parse(registry.scrubJson('{"a":"x","b":"y"}'))).toEqual({ a: 'x', b: 'y' });
});

const inside = (before: string, value: string, after: string) => Buffer.from(before + value + after);

test('a secret is found in every form, also in the middle of longer data', () => {
  const text = fc.string({ maxLength: 8, unit: 'grapheme' });
  const secrets = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme-ascii' });
  fc.assert(
    fc.property(secrets, text, text, (value, before, after) => {
      const registry = createSecretRegistry();
      registry.add(new Secret(value));
      const bytes = inside(before, value, after);
      const forms = [
        before + value + after,
        encodeURIComponent(before) + encodeURIComponent(value),
        new URLSearchParams({ [before]: value }).toString(),
        bytes.toString('base64'),
        bytes.toString('base64url'),
        bytes.toString('hex'),
        bytes.toString('hex').toUpperCase(),
        JSON.stringify({ [before]: value }),
        JSON.stringify(JSON.stringify([value])),
      ];
      for (const form of forms) expect(registry.scrub(form)).toContain('[secret ');
      const rest = registry.scrub(bytes.toString('base64url')).replace(/\[secret \w{8}\]/, '');
      // Of base64 what is left are characters that its neighbours take part in.
      expect(rest.length).toBeLessThanOrEqual(Math.ceil(((bytes.length - value.length) * 4) / 3) + 3);
    }),
  );
});

test('many needles give what replacing one after the other gives', () => {
  const word = fc.string({ minLength: 6, maxLength: 9, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 20 }), (needle, words) => {
      const needles = createNeedles();
      needles.add(needle, '#');
      const text = words.join('');
      expect(needles.replace(text)).toBe(text.replaceAll(needle, '#'));
      needles.remove(needle);
      expect(needles.replace(text)).toBe(text);
    }),
  );
});
