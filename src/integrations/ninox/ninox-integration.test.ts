import { afterEach, expect, test } from 'vitest';
import { createCatalog } from '#integrations/catalog.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import type { CallContext, Tool } from '#integrations/tool-definition.ts';
import { connectionTo, createTestEgress } from '#test/support/ninox-connection.ts';
import { type Behaviour, json, type RawServer, startRawServer } from '#test/support/raw-server.ts';
import { createNinoxClient } from './client.ts';
import { createNinoxIntegration } from './ninox-integration.ts';

const sales = { id: 'mnPLY6DMsvq9wz4id', name: 'Sales' };
const finance = { id: 'Cf8fqfNeCaAvBrjkS', name: 'Finance' };
const crm = { id: 'nk5xt24oixj4', name: 'CRM' };
const books = { id: 'pnum1qq8tpao', name: 'Books' };
const deletion = { team_id: sales.id, database_id: crm.id, table_id: 'A', record_id: 12 };

const ninox: Behaviour = (request, response) => {
  if (request.method === 'DELETE') response.writeHead(200).end();
  else if (request.url === '/teams') json(response, [sales, finance]);
  else if (request.url === `/teams/${sales.id}`) json(response, sales);
  else if (request.url === `/teams/${sales.id}/databases`) json(response, [crm, books]);
  else json(response, { message: 'Team Not Found' }, 404);
};

const servers: RawServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function setUp(allows: (target: ResourceTarget) => boolean = () => true) {
  const server = await startRawServer(ninox);
  servers.push(server);
  let time = 0;
  const integration = createNinoxIntegration({
    client: createNinoxClient({ egress: createTestEgress() }),
    now: () => time,
  });
  const connection = connectionTo(server.baseUrl);
  const { signal } = new AbortController();
  const context: CallContext = { connection, signal, allows };
  const toolNamed = (name: string): Tool => {
    const tool = createCatalog([integration]).findTool(name);
    if (tool === undefined) throw new Error(`no tool ${name}`);
    return tool;
  };
  return {
    server,
    integration,
    toolNamed,
    pass: (milliseconds: number) => (time += milliseconds),
    contains: (target: ResourceTarget) => integration.contains(connection, target, signal),
    run: (name: string, input: unknown) => {
      const prepared = toolNamed(name).prepare(input);
      if (!prepared.ok) throw new Error(prepared.problem);
      return prepared.execute(context);
    },
  };
}

const place = 'team_id database_id table_id';

async function rowsOf(isListed: (effect: Tool['effect']) => boolean) {
  const { integration } = await setUp();
  return integration.tools
    .filter(({ effect }) => isListed(effect))
    .map(({ name, scope, effect, defaultApproval, parameters }) => {
      return [name, scope, effect, defaultApproval, Object.keys(parameters.properties).join(' ')];
    });
}

test('reads with exactly these tools, without asking', async () => {
  const records = ['ninox:records:read', 'read', 'auto'];
  expect(await rowsOf((effect) => effect === 'read')).toEqual([
    ['ninox_list_teams', 'ninox:teams:read', 'read', 'auto', ''],
    ['ninox_get_team', 'ninox:teams:read', 'read', 'auto', 'team_id'],
    ['ninox_get_databases', 'ninox:databases:read', 'read', 'auto', 'team_id'],
    ['ninox_get_schema', 'ninox:databases:read', 'read', 'auto', `${place} cursor`],
    ['ninox_list_tables', 'ninox:databases:read', 'read', 'auto', 'team_id database_id cursor'],
    ['ninox_list_records', ...records, `${place} filters sort fields page_size cursor`],
    ['ninox_get_record', ...records, `${place} record_id fields text_from`],
    ['ninox_find_record', ...records, `${place} field value cursor`],
    ['ninox_run_query', ...records, `${place} where aggregate select order limit cursor`],
    ['ninox_list_changes', ...records, `${place} since page_size cursor`],
    ['ninox_list_files', ...records, `${place} record_id cursor`],
    ['ninox_read_file', ...records, `${place} record_id file_name text_from`],
  ]);
});

test('changes something with exactly these tools, and each asks unless a persona says otherwise', async () => {
  expect(await rowsOf((effect) => effect !== 'read')).toEqual([
    ['ninox_create_records', 'ninox:records:write', 'write', 'ask', `${place} records`],
    ['ninox_update_record', 'ninox:records:write', 'write', 'ask', `${place} record_id fields`],
    ['ninox_delete_record', 'ninox:records:delete', 'destructive', 'ask', `${place} record_id`],
    ['ninox_delete_records', 'ninox:records:delete', 'destructive', 'ask', `${place} record_ids`],
  ]);
});

test('every tool that changes something has all of its arguments named', async () => {
  const { integration } = await setUp();
  for (const { effect, parameters } of integration.tools) {
    if (effect !== 'read') expect(parameters.required).toEqual(Object.keys(parameters.properties));
  }
});

test('every tool speaks of Ninox, bears its name, and describes each parameter in a small schema', async () => {
  const { integration } = await setUp();
  for (const { name, slug, description, parameters } of integration.tools) {
    expect(description).toContain('Ninox');
    expect(slug).toBe(name.toUpperCase());
    expect(JSON.stringify(parameters).length).toBeLessThan(2_500);
    for (const property of Object.values(parameters.properties)) {
      expect(property).toMatchObject({ description: expect.any(String) });
    }
  }
});

test('lists only the teams and databases that are allowed', async () => {
  const allowed = new Set<string | undefined>([sales.id]);
  const { run } = await setUp(({ team, database }) => allowed.has(team) && database !== books.id);
  expect(await run('ninox_list_teams', {})).toEqual({ teams: [sales] });
  expect(await run('ninox_get_databases', { team_id: sales.id })).toEqual({ team_id: sales.id, databases: [crm] });
});

test('reads one team', async () => {
  const { run } = await setUp();
  expect(await run('ninox_get_team', { team_id: sales.id })).toEqual({ team: sales });
  await expect(run('ninox_get_team', { team_id: finance.id })).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
});

test('deletes exactly the record that was named and says which', async () => {
  const { run, server } = await setUp();
  expect(await run('ninox_delete_record', deletion)).toEqual({
    deleted: true,
    record: { ...deletion, record_id: '12' },
  });
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `DELETE /teams/${sales.id}/databases/${crm.id}/tables/A/records/12`,
  ]);
});

test('a deletion names all four ids as its target', async () => {
  const { toolNamed } = await setUp();
  expect(toolNamed('ninox_delete_record').prepare(deletion)).toMatchObject({
    ok: true,
    target: { team: sales.id, database: crm.id, table: 'A', record: '12' },
  });
});

test.each([
  [{ ...deletion, record_id: '..' }, 'record_id: must be a Ninox record id'],
  [{ ...deletion, record_id: undefined }, 'record_id'],
  [{ ...deletion, table_id: 'Contacts' }, 'table_id: must be a Ninox table id'],
  [{ ...deletion, database_id: 'CRM' }, 'database_id: must be a Ninox database id'],
  [{ ...deletion, team_id: 'Sales' }, 'team_id: must be a Ninox team id'],
  [{ ...deletion, force: true }, 'force'],
])('refuses %j with a sentence a model can act on', async (input, problem) => {
  const { toolNamed } = await setUp();
  expect(toolNamed('ninox_delete_record').prepare(input)).toMatchObject({
    ok: false,
    problem: expect.stringContaining(problem),
  });
});

test('knows whether a database is in a team', async () => {
  const { contains } = await setUp();
  expect(await contains({ team: sales.id, database: crm.id })).toBe(true);
  expect(await contains({ team: sales.id, database: 'nk5xt24oixj5' })).toBe(false);
  expect(await contains({ database: crm.id })).toBe(false);
  expect(await contains({ team: sales.id })).toBe(false);
  await expect(contains({ team: finance.id, database: crm.id })).rejects.toMatchObject({ code: 'UPSTREAM_NOT_FOUND' });
});

test('remembers a yes for 30 seconds and never a no', async () => {
  const { contains, pass, server } = await setUp();
  await contains({ team: sales.id, database: crm.id });
  pass(29_999);
  await contains({ team: sales.id, database: crm.id });
  expect(server.seen).toHaveLength(1);
  pass(1);
  await contains({ team: sales.id, database: crm.id });
  expect(server.seen).toHaveLength(2);
  await contains({ team: sales.id, database: 'nk5xt24oixj5' });
  await contains({ team: sales.id, database: 'nk5xt24oixj5' });
  expect(server.seen).toHaveLength(4);
});
