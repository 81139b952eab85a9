import { z } from 'zod';
import type { NinoxClient } from '#integrations/ninox/client.ts';
import { recordIdSchema } from '#integrations/ninox/ids.ts';
import { createUpdate, type RecordUpdate, updateOne } from '#integrations/ninox/update.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { fieldsParameter, placeParameters, tableIdsOf, targetOf } from './write-parameters.ts';

const parameters = z.object({
  ...placeParameters,
  record_id: recordIdSchema.describe('Number of the record inside the table, e.g. 12.'),
  fields: fieldsParameter,
});

export function createUpdateRecordTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_update_record',
    slug: 'NINOX_UPDATE_RECORD',
    integration: 'ninox',
    title: 'Change a Ninox record',
    description:
      'Changes fields of one record in a table of a Ninox database; fields that are not named keep their value. Use it when the person wants something in Ninox corrected or filled in, and the record was looked up. Never guess a number, never repeat a call whose outcome is unknown.',
    scope: 'ninox:records:write',
    effect: 'write',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters,
    target: (args) => ({ ...targetOf(args), record: args.record_id }),
    change: (args) => createUpdate(client, updateOf(args)),
    execute: (args, context) => updateOne(client, context, updateOf(args)),
  });
}

function updateOf(args: z.output<typeof parameters>): RecordUpdate {
  return { ids: { ...tableIdsOf(args), record: args.record_id }, fields: args.fields };
}
