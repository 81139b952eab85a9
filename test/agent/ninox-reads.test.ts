import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GuardedNinox, openGuardedNinox, record, runOf, T1 } from '../support/guarded-ninox.ts';

let guarded: GuardedNinox;
beforeEach(async () => {
  guarded = await openGuardedNinox();
});
afterEach(() => guarded.close());

const { record_id, ...inA } = record;
const inB = { ...inA, table_id: 'B' };
const toTableA = { limits: { tables: ['dbone0000001/A'] } };

test.each([
  ['ninox_list_records', {}],
  ['ninox_get_record', { record_id }],
  ['ninox_find_record', { field: 'Name', value: 'Anna' }],
  ['ninox_run_query', {}],
  ['ninox_list_changes', { since: 1 }],
  ['ninox_list_files', { record_id }],
  ['ninox_read_file', { record_id, file_name: 'a.txt' }],
  ['ninox_get_schema', {}],
])('%s is refused outside of the granted table, with nothing sent', async (tool, args) => {
  const result = await guarded.call(runOf(toTableA), tool, { ...inB, ...args });
  expect(result).toMatchObject({ ok: false, code: 'RESOURCE_NOT_GRANTED' });
  expect(guarded.ninox.seen).toEqual([]);
});

test.each(['ninox_get_schema', 'ninox_list_tables', 'ninox_list_changes'])(
  '%s is refused in a database without a granted table',
  async (tool) => {
    const place = { team_id: T1, database_id: 'dbone0000002' };
    const result = await guarded.call(runOf(toTableA), tool, place);
    expect(result).toMatchObject({ ok: false, code: 'RESOURCE_NOT_GRANTED' });
    expect(guarded.ninox.seen).toEqual([]);
  },
);

test('records are not read without the scope for it', async () => {
  const run = runOf({ scopes: ['ninox:teams:read', 'ninox:databases:read'] });
  expect(await guarded.call(run, 'ninox_list_records', inA)).toMatchObject({ code: 'TOOL_NOT_GRANTED' });
  expect(guarded.ninox.seen).toEqual([]);
});
