import { expect, test } from 'vitest';
import type { StatusView } from '#channels/http/contract.ts';
import { startScriptedModel, startService } from '#test/support/service-process.ts';
import { personaFile } from '#test/support/start-app.ts';

test('a start with nothing set says where to go, what is a stand-in, and how to replace it', async () => {
  const service = await startService();
  const printed = service.printed();
  expect(service.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(printed).toMatch(
    /Ninox {3}local stand-in with sample data \(http:\S+\)\. Set NINOX_API_KEY to use your own\./,
  );
  expect(printed).toMatch(/Model {3}offline demo model,.*not an AI\. Set OPENAI_API_KEY to use a real one\./);
  expect(printed).toContain(`Data    file:${service.directory}`);
  expect(await service.get('/healthz')).toEqual({ status: 200, body: { ok: true } });
  const status = (await service.get('/api/v1/status')).body as StatusView;
  expect(status.standIns).toEqual({ ninox: { replacedBy: 'NINOX_API_KEY' }, model: { replacedBy: 'OPENAI_API_KEY' } });
});

test('a start with everything set names what is used, shows no key, and tells of a broken persona file', async () => {
  const { variables } = await startScriptedModel(() => ({ text: 'Hello.' }));
  const service = await startService({
    variables: { ...variables, NINOX_API_KEY: 'ninox-secret', NINOX_BASE_URL: 'http://127.0.0.1:9' },
    personas: { tester: personaFile(), broken: personaFile(['scopes: nonsense']) },
  });
  const printed = service.printed();
  expect(printed).toContain('Ninox   http://127.0.0.1:9/v1\n');
  expect(printed).toContain('Model   openai/scripted\n');
  expect(printed).toMatch(/Persona problem: personas\/broken\.md, line \d+: /);
  expect(printed).not.toMatch(/stand-in|sk-scripted|ninox-secret/);
  service.signal('SIGTERM');
  expect(await service.ended).toMatchObject({ code: 0, stderr: '' });
});
