import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { StatusView } from '#channels/http/contract/conversations.ts';
import type { PersonaListView } from '#channels/http/contract/personas.ts';
import { startInVain, startScriptedModel, startService, temporaryFolder } from '#test/support/service-process.ts';
import { personaFile } from '#test/support/start-app.ts';

test('a start with nothing set says where to go, what is a stand-in, and how to replace it', async () => {
  const service = await startService();
  const printed = service.printed();
  expect(service.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(printed).toMatch(
    /Ninox {3}local stand-in with sample data \(http:\S+\)\. Connect your own on the integrations page/,
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

test('a persona whose model has no configured provider is told at the start and in the list, and stays in it', async () => {
  const service = await startService({ personas: { tester: personaFile(['model: anthropic/some-model']) } });
  expect(service.printed()).toMatch(/Persona problem: personas\/tester\.md, line 5: .*has no configured provider/);
  const { items, problems } = (await service.get('/api/v1/personas')).body as PersonaListView;
  expect(problems).toEqual([]);
  expect(items).toMatchObject([{ id: 'tester', problem: expect.stringMatching(/^Line 5: .*no configured provider/) }]);
  service.signal('SIGTERM');
  await service.ended;
  const { directory } = service;
  const configured = await startService({
    directory,
    variables: { ANTHROPIC_API_KEY: 'sk-ant-some-key', PERSONAS_DIR: path.join(directory, 'personas') },
  });
  expect((await configured.get('/api/v1/personas')).body).toMatchObject({ items: [{ id: 'tester', problem: null }] });
  expect(configured.printed()).not.toContain('Persona problem');
});

test('the file .env of the working directory counts, and a variable that is set wins over it', async () => {
  const workingDirectory = await temporaryFolder();
  await writeFile(
    path.join(workingDirectory, '.env'),
    'NINOX_API_KEY=key-in-file\nNINOX_BASE_URL=http://127.0.0.1:9\nDEFAULT_MODEL=openai/of-the-file\nPORT=broken\n',
  );
  const variables = { OPENAI_API_KEY: 'sk-variable', DEFAULT_MODEL: 'openai/of-the-variable' };
  const service = await startService({ workingDirectory, variables });
  expect(service.printed()).toContain('Ninox   http://127.0.0.1:9/v1\n');
  expect(service.printed()).toContain('Model   openai/of-the-variable\n');
  service.signal('SIGTERM');
  // Nothing is said of the file, and nothing where there is none.
  expect(await service.ended).toMatchObject({ code: 0, stderr: '' });
});

test('a file .env that cannot be read stops the start and is named', async () => {
  const workingDirectory = await temporaryFolder();
  await mkdir(path.join(workingDirectory, '.env'));
  const { code, stderr } = await startInVain({ workingDirectory });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^The file “\S+\.env” cannot be read .*\n$/),
  });
});

test('no script lets Node look for .env, which says so on every start where there is none', async () => {
  expect(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).not.toContain('--env-file');
});
