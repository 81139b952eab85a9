import { expect, onTestFinished, test } from 'vitest';
import { slackManifest } from '#channels/slack/manifest.ts';
import { safeMarkdown } from '#channels/slack/safe-text.ts';
import { createAddressPolicy } from '#integrations/address-policy.ts';
import type { Connection } from '#integrations/connection.ts';
import { createEgress } from '#integrations/egress.ts';
import { postInSlack } from '#integrations/slack/slack-post.ts';
import { createListChannelsTool } from '#integrations/slack/tools/list-channels.ts';
import { createPostMessageTool } from '#integrations/slack/tools/post-message.ts';
import { createReadChannelTool } from '#integrations/slack/tools/read-channel.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import { startSlackServer } from '#test/support/slack-server.ts';
import { Secret } from '#vault/secret.ts';

const signal = new AbortController().signal;

async function open() {
  const slack = await startSlackServer();
  onTestFinished(slack.close);
  slack.applyManifest(slackManifest({ publicUrl: 'https://personas.example', mode: 'socket' }));
  const token = slack.install();
  const { origin, host } = new URL(slack.apiUrl);
  const egress = createEgress({
    policy: createAddressPolicy({ allowedHosts: [host] }),
    vault: { withSecret: (_ref, _origin, use) => use(new Secret(token)) },
  });
  const connection: Connection = {
    id: 'slack',
    organizationId: 'org',
    integration: 'slack',
    ownerId: null,
    label: 'Slack',
    baseUrl: slack.apiUrl.replace(/\/$/, ''),
    status: 'active',
    grant: { scopes: ['slack:messages:read', 'slack:messages:write'], limits: {} },
    secret: { organizationId: 'org', holder: 'slack', field: 'api_key', version: 1 },
    fingerprint: 'x',
    origin,
  };
  const call = async (tool: Tool, input: unknown, allowed: readonly string[] | null = null) => {
    const prepared = tool.prepare(input);
    if (!prepared.ok) throw new Error(prepared.problem);
    const allows = ({ channel }: { channel?: string }) => allowed === null || allowed.includes(channel ?? '');
    return prepared.execute({ connection, signal, allows });
  };
  return { slack, egress, connection, call };
}

test('channels are listed within the limits, read page by page, and posted in without calling anybody', async () => {
  const { slack, egress, call } = await open();
  const ann = slack.addPerson('Ann');
  const general = slack.addChannel('general', [ann]);
  const secret = slack.addChannel('secret', [ann]);
  const list = createListChannelsTool(egress);
  expect(await call(list, {}, [general.id])).toEqual({
    channels: [{ id: general.id, name: 'general', isPrivate: false }],
    cursor: null,
  });
  const post = createPostMessageTool(egress, safeMarkdown);
  for (const text of ['one', 'two', '<!channel> three']) await call(post, { channel: general.id, text });
  const read = createReadChannelTool(egress);
  expect(read).toMatchObject({ readsOutside: expect.any(String), effect: 'read' });
  const newest = (await call(read, { channel: general.id, limit: 2 })) as {
    messages: { text: string }[];
    before: string;
  };
  expect(newest.messages).toHaveLength(2);
  expect(newest.messages[0]?.text).not.toContain('<!channel>');
  expect(newest.messages[1]?.text).toContain('two');
  const older = (await call(read, { channel: general.id, before: newest.before })) as { messages: { text: string }[] };
  expect(older.messages.map(({ text }) => text.replace(/[^a-z]/g, ''))).toEqual(['one']);
  expect(post.prepare({ channel: secret.id, text: 'x' })).toMatchObject({ ok: true, target: { channel: secret.id } });
  expect(read.prepare({ channel: 'D0123' })).toMatchObject({ ok: false });
});

test('a long answer comes in pieces in one thread, to a person too; a break leaves the outcome unknown', async () => {
  const { slack, egress, connection } = await open();
  const ann = slack.addPerson('Ann');
  const text = Array.from({ length: 300 }, (_, index) => `Line ${index} ${'word '.repeat(12)}`).join('\n\n');
  const deps = { egress, safeText: safeMarkdown };
  const { messages } = await postInSlack(deps, { connection, post: { channel: ann.id, text } }, signal);
  expect(messages).toBeGreaterThan(1);
  const posts = slack.callsOf('chat.postMessage');
  expect(posts).toHaveLength(messages);
  expect(posts.every(({ outcome }) => outcome === 'ok')).toBe(true);
  expect(new Set(posts.slice(1).map(({ args }) => args.thread_ts)).size).toBe(1);
  slack.intercept(() => ({ broken: 'after' }));
  const broken = postInSlack(deps, { connection, post: { channel: ann.id, text: 'x' } }, signal);
  await expect(broken).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  slack.intercept(() => ({ error: 'channel_not_found' }));
  const missing = postInSlack(deps, { connection, post: { channel: 'C0NONE', text: 'x' } }, signal);
  await expect(missing).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
});
