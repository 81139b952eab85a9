import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { cursorParameter } from '#integrations/ninox/cursors.ts';
import { listRecords } from '#integrations/ninox/record-listing.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { presentRecords } from './present-records.ts';
import { fieldName, plainValue, tableParameters } from './read-parameters.ts';
import { tableIdsOf, targetOf } from './write-parameters.ts';

const mostFound = 10;

const parameters = z.object({
  ...tableParameters,
  field: fieldName.describe('Exact name of the field to look in.'),
  value: plainValue
    .refine((value) => value !== null && value !== '', 'must be a value; for empty fields there is ninox_list_records')
    .describe('What the field holds, exactly: upper and lower case count.'),
  cursor: cursorParameter,
});

export function createFindRecordTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_find_record',
    slug: 'NINOX_FIND_RECORD',
    integration: 'ninox',
    title: 'Find a Ninox record',
    description:
      'Finds the records of one table of a Ninox database whose field has exactly this value, such as a customer number or an e-mail address. Use it when the value is known. Several records may have it: then ask which one is meant. It is not there only where none was found and next_cursor is null.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: targetOf,
    async execute(args, context) {
      const found = await listRecords(client, context, {
        ids: tableIdsOf(args),
        conditions: [{ field: args.field, operator: '=', value: args.value }],
        sort: null,
        fields: null,
        pageSize: mostFound,
        cursor: args.cursor ?? null,
      });
      return presentRecords(args, found);
    },
  });
}
