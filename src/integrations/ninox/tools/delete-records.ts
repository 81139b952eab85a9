import { z } from 'zod';
import { createBulkDeletion, deleteAll } from '#integrations/ninox/bulk-deletion.ts';
import type { NinoxClient, RecordNumbers } from '#integrations/ninox/client.ts';
import { recordIdSchema } from '#integrations/ninox/ids.ts';
import type { Removing } from '#integrations/ninox/removal.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { placeParameters, tableIdsOf, targetOf } from './write-parameters.ts';

const mostRecords = 100;

const parameters = z.object({
  ...placeParameters,
  record_ids: z
    .array(recordIdSchema)
    .min(2, 'must name at least two records; for one there is ninox_delete_record')
    .max(mostRecords)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each record once')
    .describe(`Numbers of the records inside the table, 2 to ${mostRecords}, each named, e.g. ["12", "15"].`),
});

export function createDeleteRecordsTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_delete_records',
    slug: 'NINOX_DELETE_RECORDS',
    integration: 'ninox',
    title: 'Delete several Ninox records',
    description:
      'Deletes several records, each named by its number, from one table of a Ninox database. Use it only when the person asked for exactly these deletions and the records were looked up; for a single one use ninox_delete_record. Never guess a number, never repeat a call whose outcome is unknown.',
    scope: 'ninox:records:delete',
    effect: 'destructive',
    readsRecords: false,
    defaultApproval: 'ask',
    // What may not be deleted one by one may not be deleted at once either.
    followsRulesOf: 'ninox_delete_record',
    parameters,
    target: targetOf,
    change: (args) => createBulkDeletion(client, removingOf(args)),
    execute: (args, context) => deleteAll(client, context, removingOf(args)),
  });
}

function removingOf(args: z.output<typeof parameters>): Removing {
  return { ids: tableIdsOf(args), records: named(args.record_ids) };
}

/** The schema takes no fewer than two. */
function named([first, ...rest]: readonly string[]): RecordNumbers {
  if (first === undefined) throw new Error('No record is named.');
  return [first, ...rest];
}
