import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { createTestEgress } from '#test/support/ninox-connection.ts';
import { parsePersonaFile } from './parse-persona-file.ts';
import { readPersonaFiles } from './read-persona-files.ts';

const { tools } = createNinoxIntegration({ client: createNinoxClient({ egress: createTestEgress() }) });
const files = await readPersonaFiles(fileURLToPath(new URL('../../personas', import.meta.url)), tools);
const personas = new Map(files.map(({ id, parsed }) => [id, parsed.ok ? parsed.persona : null]));

test('the personas that come with the service hold against its tools', () => {
  expect([...personas.keys()]).toEqual(
    expect.arrayContaining(['database-librarian', 'ninox-assistant', 'record-janitor']),
  );
  expect(files.filter(({ parsed }) => !parsed.ok)).toEqual([]);
});

test('the librarian is limited to the first team of the sample company', () => {
  expect(personas.get('database-librarian')?.grant.limits).toEqual({ teams: [sampleIds.company.team] });
});

test('only the janitor may delete, one by one, and only after a person was asked', () => {
  const deleting = [...personas.values()].filter((persona) => persona?.grant.scopes.includes('ninox:records:delete'));
  expect(deleting.map((persona) => persona?.id)).toEqual(['record-janitor']);
  expect(deleting[0]?.approvals).toEqual({ ninox_delete_record: 'ask', ninox_delete_records: 'deny' });
  expect(deleting[0]?.effects).toEqual({ ninox_delete_record: { run: 5, hour: null, day: 50, rows: null } });
  expect(deleting[0]?.outsideText).toBe('ask');
});

test('guests are answered by the librarian alone, who only reads and in its own team', () => {
  const answering = [...personas.values()].filter((persona) => persona?.guests !== null);
  expect(answering.map((persona) => persona?.id)).toEqual(['database-librarian']);
  expect(answering[0]?.guests).toEqual({ scopes: ['ninox:teams:read', 'ninox:databases:read'], limits: {} });
  expect(answering[0]?.channels).toEqual(['web', 'api', 'widget', 'slack']);
});

test('one that says nothing of approvals and guests is the version it was before there were any', () => {
  expect(personas.get('ninox-assistant')?.version).toBe(
    'ed9d13413e2761c70c20f939360fe05d19676ecd2c95380a9091433843786908',
  );
});

test('the example in the README works as it stands, on a service with nothing configured', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, text = ''] = /^```markdown\n(---\n.*?)^```$/ms.exec(readme) ?? [];
  const parsed = parsePersonaFile({ file: 'personas/example.md', text, knownTools: tools });
  expect(parsed).toMatchObject({
    ok: true,
    persona: { model: null, grant: { limits: { teams: [sampleIds.company.team] } }, channels: ['web'] },
  });
});
