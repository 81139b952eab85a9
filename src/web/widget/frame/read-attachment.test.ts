import { expect, test } from 'vitest';
import { attachmentLimits as taken, widgetMessageRequest } from '#channels/http/contract/widget-chat.ts';
import { attachmentLimits, plainName, readAttachment } from './read-attachment.ts';

const file = (content: BlobPart, name = 'a.txt', type = '') => new File([content], name, { type });

test('the limits are those of the service', () => {
  expect(attachmentLimits).toEqual(taken);
});

test('text is read by its ending or by what the browser takes it for', async () => {
  for (const [name, type] of [
    ['a.txt', ''],
    ['A.CSV', 'application/vnd.ms-excel'],
    ['a.md', ''],
    ['a.markdown', ''],
    ['a.json', 'application/json'],
    ['notes', 'text/plain'],
  ] as const) {
    expect(await readAttachment(file('one\ttwo\r\n', name, type)), name).toEqual({ name, text: 'one\ttwo\r\n' });
  }
  for (const [name, type] of [
    ['a.pdf', 'application/pdf'],
    ['a.html', 'text/html'],
    ['a', ''],
    ['txt', ''],
    ['a.csv.exe', ''],
  ] as const) {
    expect(await readAttachment(file('one', name, type)), name).toBe('type');
  }
});

test('both encodings that spreadsheets save in are read, and what is no text is refused', async () => {
  expect(await readAttachment(file('\uFEFFMöbel'))).toMatchObject({ text: 'Möbel' });
  expect(await readAttachment(file(Uint8Array.from([0x4d, 0xf6, 0x62, 0x80])))).toMatchObject({ text: 'Möb€' });
  expect(await readAttachment(file(Uint8Array.from([0xff, 0xfe, 0x4d, 0])))).toBe('unreadable');
  expect(await readAttachment(file('a\u0000b'))).toBe('unreadable');
  expect(await readAttachment(file(' \n'))).toBe('empty');
});

test('what can be sent is what the service takes', async () => {
  const sizes = { '€': 20_000, x: 20_000, '😀': 10_000 };
  for (const [sign, most] of Object.entries(sizes)) {
    const longest = await readAttachment(file(sign.repeat(most), `${'name '.repeat(30)}\u202E\n.csv`));
    const message = { id: 'm', text: 'See', attachments: [longest] };
    expect(widgetMessageRequest.safeParse({ conversationId: 'c', message }).success, sign).toBe(true);
    expect(await readAttachment(file(sign.repeat(most + 1))), sign).toBe('long');
  }
});

test('a long name keeps its ending, one that shows nothing becomes one', () => {
  const short = plainName(`${'x'.repeat(120)}.csv`);
  expect([short.length, short.endsWith('.csv')]).toEqual([100, true]);
  expect(plainName('\u200B')).toBe('?');
});
