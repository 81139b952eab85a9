import { expect, test } from 'vitest';
import { toPlainText } from './plain-text.ts';

const asked: string[] = [];
const read = (text: string) =>
  toPlainText(text, {
    botUserId: 'UBOT',
    async nameOf(id) {
      asked.push(id);
      return { U1: 'Ann' }[id] ?? id;
    },
  });

test.each([
  ['<@UBOT> delete it', 'delete it'],
  ['hello <@UBOT>', 'hello'],
  ['ask <@U1> or <@U2>', 'ask @Ann or @U2'],
  ['<#C1|general> and <#C2>', '#general and #C2'],
  ['<!here> <!subteam^S1|@sales> <!subteam^S2> <!date^1392734382^{date}|Feb 18>', '@here @sales @S2 Feb 18'],
  ['<https://one.example> <https://one.example/|one.example>', 'https://one.example one.example'],
  ['<https://one.example/a|the page>', 'the page (https://one.example/a)'],
  ['<mailto:a@b.example|a@b.example> <mailto:c@d.example>', 'a@b.example c@d.example'],
  ['a &lt;b&gt; &amp;&amp; c &amp;lt;', 'a <b> && c &lt;'],
])('%s', async (written, seen) => {
  expect(await read(written)).toBe(seen);
});

test('each person is looked up once, and the bot never', async () => {
  asked.length = 0;
  await read('<@U1> <@U1> <@UBOT>');
  expect(asked).toEqual(['U1']);
});
