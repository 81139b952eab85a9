import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { cursorParameter, readCursor, writeCursor } from '#integrations/ninox/cursors.ts';
import { queryAggregate, queryRecords } from '#integrations/ninox/query.ts';
import { aggregates } from '#integrations/ninox/query-script.ts';
import { type CallContext, defineTool, type Tool } from '#integrations/tool-definition.ts';
import { conditionsParameter, fieldName, fieldsParameter, sortParameter, tableParameters } from './read-parameters.ts';
import { tableIdsOf, targetOf } from './write-parameters.ts';

const usualLimit = 20;
const mostRecords = 50;

const parameters = z.object({
  ...tableParameters,
  where: conditionsParameter.optional(),
  aggregate: z
    .strictObject({ function: z.enum(aggregates), field: fieldName.optional() })
    .optional()
    .describe('In place of records: one number over all that fit, e.g. {"function": "sum", "field": "Amount"}.'),
  select: fieldsParameter,
  order: sortParameter.optional(),
  limit: z
    .int()
    .min(1)
    .max(mostRecords)
    .optional()
    .describe(`How many records at most, 1 to ${mostRecords}; ${usualLimit} if left out.`),
  cursor: cursorParameter,
});

type Args = z.output<typeof parameters>;

export function createRunQueryTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_run_query',
    slug: 'NINOX_RUN_QUERY',
    integration: 'ninox',
    title: 'Run a read-only Ninox query',
    description:
      'Asks one table of a Ninox database a question that Ninox itself works out: count, sum, average, minimum or maximum over the records that fit, or these records with how many fit in all. It takes conditions on formula fields too. It only reads, and takes no script.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: targetOf,
    execute: (args, context) =>
      args.aggregate === undefined ? records(client, context, args) : number(client, context, args),
  });
}

async function records(client: NinoxClient, context: CallContext, args: Args) {
  const { team_id, database_id, table_id, where = [], order = null, select = null } = args;
  const ids = tableIdsOf(args);
  const asked = ['query', ids, where, order, select];
  const offset = args.cursor === undefined ? 0 : readCursor(asked, args.cursor, z.tuple([z.int().min(0)]))[0];
  const found = await queryRecords(client, context, {
    ids,
    where,
    order,
    fields: select,
    offset,
    limit: args.limit ?? usualLimit,
  });
  return {
    team_id,
    database_id,
    table_id,
    table: found.table.name,
    records: found.records,
    count: found.records.length,
    matching: found.matching,
    complete: found.next === null,
    next_cursor: found.next === null ? null : writeCursor(asked, [found.next]),
  };
}

async function number(client: NinoxClient, context: CallContext, args: Args) {
  const { team_id, database_id, table_id, where = [], aggregate = { function: 'count' } } = args;
  const { table, value } = await queryAggregate(client, context, {
    ids: tableIdsOf(args),
    where,
    order: null,
    aggregate,
  });
  return { team_id, database_id, table_id, table: table.name, aggregate, value, complete: true, next_cursor: null };
}
