import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createGate, startScriptedApp } from '../support/scripted-app.ts';
import { personaFile } from '../support/start-app.ts';
import { bootHeaders, shop } from '../support/widget-scene.ts';

const helper = personaFile(['channels: [web, widget]', 'guests: { scopes: [] }']);

test.each(['switched off', 'deleted'] as const)('an answer ends by itself once its widget is %s', async (how) => {
  const gate = createGate();
  const asked = createGate();
  const decide = async () => {
    asked.open();
    await gate.until;
    return { text: 'Too late.' };
  };
  await using scripted = await startScriptedApp(decide, { personas: { helper } });
  const { app } = scripted;
  const { body } = await app.send('POST', '/api/v1/widgets', { name: 'Shop', personaId: 'helper', origins: [shop] });
  const { id, revision } = body as { id: string; revision: number };
  const boot = await fetch(`${app.address}/api/widget/v1/${id}/boot`, {
    method: 'POST',
    headers: bootHeaders(shop),
    body: '{}',
  });
  const { visitorToken } = (await boot.json()) as { visitorToken: string };
  const answer = await fetch(`${app.address}/api/widget/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${visitorToken}` },
    body: JSON.stringify({ conversationId: randomUUID(), message: { id: randomUUID(), text: 'Hello?' } }),
  });
  await asked.until;
  if (how === 'deleted') await app.send('DELETE', `/api/v1/widgets/${id}`, {});
  else await app.send('PATCH', `/api/v1/widgets/${id}`, { revision, isOn: false });
  const told = await answer.text();
  gate.open();
  expect(told).toContain('"status":"stopped"');
  expect(told).not.toContain('Too late.');
});
