import { expect, test } from 'vitest';
import { toMailHtml, toPlainText } from './markdown.ts';

const html = (text: string) => toMailHtml(text, 'from <us>');

test('a mail shows headings, lists, tables and links as they are meant', () => {
  const shown = html(
    '# Day\n\n- one\n- **two**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[Ninox](https://ninox.com/x?a=1&b=2)',
  );
  expect(shown).toContain('<h1>Day</h1>');
  expect(shown).toContain('<strong>two</strong>');
  expect(shown).toMatch(/<td style="border[^"]+">1<\/td>/);
  expect(shown).toContain('<a href="https://ninox.com/x?a=1&amp;b=2" rel="noopener noreferrer nofollow">Ninox</a>');
  expect(shown).toContain('from &lt;us&gt;');
});

test('raw HTML is text', () => {
  const shown = html('<script>alert(1)</script>\n\nHi <img src=x onerror=alert(1)> <b>there</b>');
  expect(shown).not.toMatch(/<script|<img|<b>/);
  expect(shown).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(shown).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

test('no picture is loaded, in whatever way it is written', () => {
  const shown = html(
    '![p](https://spy.example/a.png?secret=1) [![q](https://spy.example/b.png)](https://spy.example) ![r][1]\n\n[1]: https://spy.example/c.png',
  );
  expect(shown).not.toMatch(/<img|src=/);
  expect(shown).toContain('p (https://spy.example/a.png?secret=1)');
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  '//x.example',
])('a link to %s is none', (url) => {
  expect(html(`[press](${url}) <${url}>`)).not.toMatch(/<a /);
});

test('text that would read in another order is taken apart', () => {
  expect(toPlainText('a\u202Eb\u0007c\r\nd\te')).toBe('abc\nd\te');
});
