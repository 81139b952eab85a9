import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { cursorParameter } from '#integrations/ninox/cursors.ts';
import { listRecords } from '#integrations/ninox/record-listing.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { presentRecords } from './present-records.ts';
import { conditionsParameter, fieldsParameter, sortParameter, tableParameters } from './read-parameters.ts';
import { tableIdsOf, targetOf } from './write-parameters.ts';

const usualPageSize = 50;
const mostPageSize = 200;

const parameters = z.object({
  ...tableParameters,
  filters: conditionsParameter.optional(),
  sort: sortParameter.optional(),
  fields: fieldsParameter,
  page_size: z
    .int()
    .min(1)
    .max(mostPageSize)
    .optional()
    .describe(`How many records at most, 1 to ${mostPageSize}; ${usualPageSize} if left out.`),
  cursor: cursorParameter,
});

export function createListRecordsTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_list_records',
    slug: 'NINOX_LIST_RECORDS',
    integration: 'ninox',
    title: 'List Ninox records',
    description:
      'Lists records of one table of a Ninox database, filtered and sorted, page by page. Use it to look through records; take the names of fields from ninox_get_schema. The answer is complete only where next_cursor is null: otherwise go on with it before you count or say that something is missing.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: targetOf,
    async execute(args, context) {
      const found = await listRecords(client, context, {
        ids: tableIdsOf(args),
        conditions: args.filters ?? [],
        sort: args.sort ?? null,
        fields: args.fields ?? null,
        pageSize: args.page_size ?? usualPageSize,
        cursor: args.cursor ?? null,
      });
      return presentRecords(args, found);
    },
  });
}
