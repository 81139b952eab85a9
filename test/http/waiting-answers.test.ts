import { expect, test } from 'vitest';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import type { ConversationDetailView } from '#channels/http/contract/conversations.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { chat, chatBody, readAnswer } from '../support/chat.ts';
import { createGate, startScriptedApp } from '../support/scripted-app.ts';
import type { TestApp } from '../support/start-app.ts';

const record = {
  team_id: sampleIds.company.team,
  database_id: sampleIds.company.crm,
  table_id: 'A',
  record_id: '1',
};
const remove = { name: 'ninox_delete_record', args: record };
const personaId = 'tester';

const stored = async (app: TestApp, id: string) =>
  (await app.get(`/api/v1/conversations/${id}`)).body as ConversationDetailView;
const callPart = (view: ConversationDetailView) =>
  view.messages.at(-1)?.parts.find((part) => part.type.startsWith('tool-')) as Record<string, unknown> | undefined;
async function approve(app: TestApp, view: ConversationDetailView): Promise<void> {
  const [approvalId = ''] = view.messages.at(-1)?.metadata?.waitingFor ?? [];
  const { hash } = (await app.get(`/api/v1/approvals/${approvalId}`)).body as ApprovalView;
  const decided = await app.post(`/api/v1/approvals/${approvalId}/decision`, { decision: 'approve', hash });
  expect(decided.status).toBe(200);
}

test('an answer that waits ends its stream, is shown as it stands, holds its conversation, and goes on when approved', async () => {
  const gate = createGate();
  await using scripted = await startScriptedApp(({ toolResults }) =>
    toolResults.length === 0
      ? { text: 'I delete it.', calls: [remove] }
      : { deltas: ['It is ', 'gone.'], gates: [{ at: 1, until: gate.until }] },
  );
  const { app } = scripted;
  const { conversationId, complete, metadata } = await chat(app, 'Delete it', { personaId });
  expect({ complete, metadata }).toMatchObject({ complete: true, metadata: { status: 'waiting' } });
  const view = await stored(app, conversationId);
  expect(view.conversation).toMatchObject({ running: false, waiting: true });
  expect(callPart(view)).toMatchObject({ state: 'approval-requested', approval: { id: metadata.waitingFor?.[0] } });
  const busy = await app.post('/api/chat', chatBody('And?', { conversationId }));
  expect(busy.status).toBe(409);
  expect(await busy.json()).toMatchObject({ code: 'CONVERSATION_BUSY', detail: expect.stringContaining('decision') });
  expect((await app.fetch(`/api/chat/${conversationId}/stream`)).status).toBe(204);

  await approve(app, view);
  let joined = await app.fetch(`/api/chat/${conversationId}/stream`);
  // Nobody waits for what follows from a decision.
  while (joined.status === 204) joined = await app.fetch(`/api/chat/${conversationId}/stream`);
  const running = await stored(app, conversationId);
  expect(running.conversation).toMatchObject({ running: true, waiting: false });
  expect(running.messages).toHaveLength(1);
  gate.open();
  const answer = await readAnswer(joined, conversationId);
  expect(answer).toMatchObject({ complete: true, text: 'I delete it.It is gone.', metadata: { status: 'succeeded' } });
  expect(answer.calls).toMatchObject([{ tool: 'ninox_delete_record', errorText: null }]);
  const after = await stored(app, conversationId);
  expect(after.conversation).toMatchObject({ running: false, waiting: false });
  expect(callPart(after)).toMatchObject({ state: 'output-available' });
});

test('an answer that waits is stopped: nothing is sent, its question is withdrawn, and the conversation is free', async () => {
  await using scripted = await startScriptedApp(({ userText }) =>
    userText === 'Delete it' ? { calls: [remove] } : { text: 'Here.' },
  );
  const { app } = scripted;
  const { conversationId, metadata } = await chat(app, 'Delete it', { personaId });
  const stop = async () => (await app.post(`/api/chat/${conversationId}/stop`, {})).json();
  expect(await stop()).toEqual({ stopped: true });
  expect(await stop()).toEqual({ stopped: false });
  const view = await stored(app, conversationId);
  expect(view.conversation).toMatchObject({ running: false, waiting: false });
  expect(view.messages.at(-1)?.metadata).toMatchObject({ status: 'stopped' });
  expect(callPart(view)).toMatchObject({ state: 'output-error' });
  const approval = (await app.get(`/api/v1/approvals/${metadata.waitingFor?.[0]}`)).body as ApprovalView;
  expect(approval.status).toBe('withdrawn');
  expect((await chat(app, 'Still there?', { conversationId })).text).toBe('Here.');
});

test('an answer that waits outlives a restart', async () => {
  await using first = await startScriptedApp(() => ({ text: 'I delete it.', calls: [remove] }));
  const { directory } = first.app;
  const { conversationId } = await chat(first.app, 'Delete it', { personaId });
  await first.app.app.close(0);
  await using second = await startScriptedApp(() => ({ text: 'It is gone.' }), { directory });
  const view = await stored(second.app, conversationId);
  expect(view.conversation).toMatchObject({ running: false, waiting: true });
  await approve(second.app, view);
  let after = await stored(second.app, conversationId);
  while (after.conversation.waiting || after.conversation.running) after = await stored(second.app, conversationId);
  expect(after.messages.at(-1)?.metadata).toMatchObject({ status: 'succeeded' });
  expect(callPart(after)).toMatchObject({ state: 'output-available' });
});
