import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answered, createVisitors, messagesOf, say, snap } from '../support/page.ts';
import { startScriptedApp } from '../support/scripted-app.ts';

const visitors = createVisitors();
const asked: string[] = [];
const elsewhere = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.end();
});
let remote: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  remote = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
});
afterAll(() => {
  elsewhere.close();
});

const run = "document.documentElement.dataset.ran='yes'";
const hostile = (host: string) => `
# Report <script>${run}</script>

![a picture](${host}/image) and ![by reference][pixel] and <img src="${host}/raw" onerror="${run}">

[click](javascript:${run}) [or](JaVaScRiPt&colon;${run}) [data](data:text/html,<script>${run}</script>) [fine](https://example.com/a)

<script src="${host}/script"></script>
<iframe src="${host}/frame"></iframe>
<svg onload="${run}"><a href="javascript:${run}">x</a></svg>
<style>@import url(${host}/style); body { display: none }</style>
<form action="${host}/form"><button>Sign in again</button></form>
<link rel="preload" href="${host}/preload" as="image"><meta http-equiv="refresh" content="0;url=${host}/refresh">

| a | b |
| - | - |
| ![cell](${host}/cell) | <b onmouseover="${run}">bold</b> |

\`\`\`mermaid
graph TD; A["<img src=${host}/mermaid onerror=${run}>"] --> B
\`\`\`

\`\`\`html
<script>${run}</script>
\`\`\`

$$\\href{javascript:${run}}{x}$$

<${host}/autolink> done

[pixel]: ${host}/reference
`;

test('hostile Markdown runs nothing and asks nothing of another host, while it grows and when it is read again', async () => {
  const scripted = visitors.use(await startScriptedApp(() => ({ text: hostile(remote) })));
  const page = await visitors.open(scripted.app.address);
  await say(page, `<img src="${remote}/mine" onerror="${run}">`);
  const answer = messagesOf(page, 'Tester');
  const expectHarmless = async () => {
    await answer.getByText('done', { exact: false }).last().waitFor();
    await answered(page);
    expect(await page.evaluate(() => document.documentElement.dataset.ran)).toBeUndefined();
    expect(await answer.locator('img, script, iframe, style, form, link, meta, object, embed, input').count()).toBe(0);
    expect(await page.locator('[onerror], [onload], [onmouseover], article svg a').count()).toBe(0);
    const links = await answer
      .locator('a')
      .evaluateAll((all) => all.map((a) => [a.getAttribute('href'), a.getAttribute('rel')]));
    expect(links).toEqual([
      ['https://example.com/a', 'noopener nofollow'],
      [`${remote}/autolink`, 'noopener nofollow'],
    ]);
    await answer.getByText('[image: a picture]').waitFor();
    await answer.getByText(/^click/).click();
    expect(page.context().pages()).toHaveLength(1);
  };
  await expectHarmless();
  await snap(page, 'chat-hostile');
  await page.reload();
  await expectHarmless();
  expect(asked).toEqual([]);
});

test('what a tool and a person said is shown as text', async () => {
  const markup = `<img src="x" onerror="${run}">`;
  const scripted = visitors.use(
    await startScriptedApp(({ toolResults }) =>
      toolResults.length === 0 ? { calls: [{ name: 'ninox_get_team', args: { team_id: markup } }] } : { text: 'Seen.' },
    ),
  );
  const page = await visitors.open(scripted.app.address);
  await say(page, markup);
  await answered(page);
  expect(await messagesOf(page, 'You').textContent()).toBe(markup);
  await page.getByRole('list', { name: 'Messages' }).locator('summary').click();
  expect(await page.getByRole('figure', { name: 'Arguments' }).textContent()).toContain('<img src=');
  await page.reload();
  await page.getByRole('link', { name: /^<img src=/ }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.ran)).toBeUndefined();
});
