import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { createAll, createCreation, type NewRecords } from '#integrations/ninox/creation.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { fieldsParameter, placeParameters, tableIdsOf, targetOf } from './write-parameters.ts';

const mostRecords = 100;

const parameters = z.object({
  ...placeParameters,
  records: z
    .array(z.strictObject({ fields: fieldsParameter }))
    .min(1)
    .max(mostRecords)
    .describe(`The new records, 1 to ${mostRecords}, in the order they are to be created in.`),
});

export function createCreateRecordsTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_create_records',
    slug: 'NINOX_CREATE_RECORDS',
    integration: 'ninox',
    title: 'Create Ninox records',
    description:
      'Creates new records in one table of a Ninox database and gives their numbers. Use it when the person wants something added to Ninox; look up first whether it is there already, and which fields the table has. Never repeat a call whose outcome is unknown.',
    scope: 'ninox:records:write',
    effect: 'write',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters,
    target: targetOf,
    change: (args) => createCreation(client, newRecordsOf(args)),
    execute: (args, context) => createAll(client, context, newRecordsOf(args)),
  });
}

function newRecordsOf(args: z.output<typeof parameters>): NewRecords {
  return { ids: tableIdsOf(args), records: args.records.map(({ fields }) => fields) };
}
