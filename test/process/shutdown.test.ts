import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openAnswer } from '#test/support/answer-stream.ts';
import { chatBody } from '#test/support/chat.ts';
import { type ServiceProcess, startScriptedModel, startService } from '#test/support/service-process.ts';
import { personaFile } from '#test/support/start-app.ts';
import { conversationOf, textOf } from './conversations.ts';

const personas = { tester: personaFile() };
const deltas = ['The first half ', 'and the second.'];
const never = new Promise<never>(() => undefined);

/** A service in the middle of an answer, which goes on when `until` resolves. */
async function answering(until: Promise<unknown>, variables: Record<string, string> = {}) {
  const { model, variables: modelVariables } = await startScriptedModel(() => ({ deltas, gates: [{ at: 1, until }] }));
  const service = await startService({ personas, variables: { ...modelVariables, ...variables } });
  const answer = await openAnswer(service, 'Tell me all', { personaId: 'tester' });
  await answer.until('The first half');
  return { service, answer, model };
}

/** A message whose headers arrived before the stop; `finish` sends the rest. */
async function beginMessage(service: ServiceProcess) {
  const body = JSON.stringify(chatBody('And me?', { personaId: 'tester' }));
  const length = { 'content-length': body.length, expect: '100-continue' };
  const headers = { cookie: service.cookie, 'content-type': 'application/json', ...length };
  const sending = request(`${service.address}/api/chat`, { method: 'POST', headers });
  sending.flushHeaders();
  await new Promise((resolve) => sending.once('continue', resolve));
  return async () => {
    const response = Promise.withResolvers<{ status: number | undefined; body: string }>();
    sending.once('error', response.reject);
    sending.once('response', (incoming) => {
      text(incoming).then(
        (content) => response.resolve({ status: incoming.statusCode, body: content }),
        response.reject,
      );
    });
    sending.end(body);
    return response.promise;
  };
}

async function restartOn({ directory }: ServiceProcess) {
  return startService({ directory, personas });
}

test('SIGTERM lets an open answer end, takes no new one, and exits with 0', async () => {
  const gate = Promise.withResolvers<void>();
  const { service, answer } = await answering(gate.promise);
  const finishMessage = await beginMessage(service);
  service.signal('SIGTERM');
  await service.whenPrinted(/SIGTERM received/);

  const late = await finishMessage();
  expect(late.status).toBe(503);
  expect(JSON.parse(late.body)).toMatchObject({ code: 'SHUTTING_DOWN', detail: expect.stringContaining('again') });
  await expect(fetch(`${service.address}/healthz`)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });

  gate.resolve();
  expect(await answer.whole()).toMatchObject({
    complete: true,
    text: deltas.join(''),
    metadata: { status: 'succeeded' },
  });
  expect(await service.ended).toMatchObject({ code: 0, signal: null, stderr: '' });

  const { conversation, messages } = await conversationOf(await restartOn(service), answer.conversationId);
  expect(conversation.running).toBe(false);
  expect(messages.at(-1)?.metadata).toMatchObject({ status: 'succeeded' });
  expect(textOf(messages.at(-1))).toBe(deltas.join(''));
});

test('an answer that does not end in time is stored as interrupted with what it said, and the exit code is 0', async () => {
  const { service, answer, model } = await answering(never, { SHUTDOWN_GRACE_SECONDS: '0' });
  service.signal('SIGTERM');
  const end = { status: 'interrupted', code: 'SERVICE_STOPPED', notice: expect.stringMatching(/shut down.*again/) };
  expect(await answer.whole()).toMatchObject({ complete: true, text: deltas[0], metadata: end });
  expect(await service.ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  await model.whenAborted(1);

  const { conversation, messages } = await conversationOf(await restartOn(service), answer.conversationId);
  expect(conversation.running).toBe(false);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  expect(messages.at(-1)?.metadata).toMatchObject(end);
  expect(textOf(messages.at(-1))).toBe(deltas[0]);
});

test.each(['SIGTERM', 'SIGINT'] as const)('a second signal, %s, stops at once', async (second) => {
  const { service, answer } = await answering(never);
  service.signal('SIGTERM');
  await service.whenPrinted(/SIGTERM received: finishing/);
  service.signal(second);
  expect(await service.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('stopping at once') });
  await expect(answer.whole()).rejects.toThrow();
});

test('Ctrl+C with nothing to do ends at once with 0', async () => {
  const service = await startService();
  service.signal('SIGINT');
  expect(await service.ended).toMatchObject({ code: 0, stderr: '' });
});
