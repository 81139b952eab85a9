import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSafeMarkdown, safeLine, safeMarkdown, safeMrkdwn, shorten } from './safe-text.ts';

const joiner = '\u2060';
const plain = (text: string) => text.replaceAll(joiner, '');

/** What Slack, or a reader of Markdown before it, would make something of. */
const marks = [
  /<[!@#\\]/,
  /<[a-z][a-z0-9+.-]{0,30}:/i,
  /<\/?(?:a|img)[\s>]/i,
  /\]\(/,
  /\]:/,
  /@(?:channel|here|everyone)/i,
  /&(?:#|[a-z][a-z0-9]{0,30};)/i,
];

const pieces = fc.oneof(
  fc.constantFrom(
    '<',
    '>',
    '!',
    '@',
    '#',
    '|',
    '[',
    ']',
    '(',
    ')',
    ':',
    '&',
    ';',
    '\\',
    '/',
    ' ',
    '\n',
    '\u202E',
    '\u2060',
    '\0',
    '\uDB40',
    '\uDC41',
    'channel',
    'here',
    'everyone',
    'chan',
    'nel',
    'lt',
    'gt',
    'amp',
    '#60',
    'subteam^S1',
    'U012',
    'C012',
    'https',
    'https://evil.example',
    'mailto',
    'a',
    'img',
    'x'.repeat(31),
  ),
  fc.string({ maxLength: 6 }),
);
const texts = fc.array(pieces, { maxLength: 24 });

function stream(deltas: readonly string[]): string {
  const safe = createSafeMarkdown();
  return deltas.map((delta) => safe.add(delta)).join('') + safe.end();
}

describe('text of models', () => {
  test('calls nobody, hides no link and shows no picture', () => {
    fc.assert(
      fc.property(texts, (deltas) => {
        const safe = stream(deltas);
        for (const mark of marks) expect(safe).not.toMatch(mark);
      }),
      { numRuns: 2_000 },
    );
  });

  test('is the same wherever it was cut on its way', () => {
    fc.assert(
      fc.property(texts, (deltas) => {
        expect(stream(deltas)).toBe(safeMarkdown(deltas.join('')));
        expect(stream(deltas.join('').split(''))).toBe(safeMarkdown(deltas.join('')));
      }),
      { numRuns: 2_000 },
    );
  });

  test('stays safe beside what was appended to it', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const both = stream(one) + stream(other);
        for (const mark of marks) expect(both).not.toMatch(mark);
      }),
      { numRuns: 2_000 },
    );
  });

  test('looks as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const seen = plain(safeMarkdown(text));
        expect(seen.replace(/\] (?=[(:])/g, ']')).toBe(text.replace(/\] (?=[(:])/g, ']'));
      }),
    );
    const code = 'if (a < b && list[0] > c) {\n\treturn `x` | y;\n}\n';
    expect(safeMarkdown(code)).toBe(code);
    expect(safeMarkdown('**Two** records, _see_ https://app.ninox.com/x')).toBe(
      '**Two** records, _see_ https://app.ninox.com/x',
    );
  });

  test('shows where a link leads', () => {
    expect(safeMarkdown('[https://bank.example](https://evil.example)')).toBe(
      '[https://bank.example] (https://evil.example)',
    );
    expect(safeMarkdown('![a](https://evil.example/p.png)')).toBe('![a] (https://evil.example/p.png)');
    expect(plain(safeMarkdown('see <https://evil.example|https://bank.example>'))).toBe(
      'see <https://evil.example|https://bank.example>',
    );
  });

  test('reads in the order in which it is written', () => {
    expect(safeMarkdown('a\u202Eb\u2066c\0d')).toBe('abcd');
    expect(plain(safeMarkdown('<\u202E!channel>'))).toBe('<!channel>');
    expect(safeMarkdown('<\u202E!channel>')).not.toContain('<!');
  });
});

describe('text in Slack’s own marks', () => {
  test('is shown as it is', () => {
    expect(safeMrkdwn('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;');
    expect(plain(safeLine('a\n  b @here', 20))).toBe('a b @here');
    expect(safeMrkdwn('@here')).not.toBe('@here');
  });

  test('is cut between characters', () => {
    expect(shorten('ab😀cd', 4)).toBe('ab…');
    expect(shorten('ab😀', 4)).toBe('ab😀');
  });
});
