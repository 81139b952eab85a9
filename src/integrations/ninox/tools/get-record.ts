import { z } from 'zod';
import type { NinoxClient, NinoxRecordIds } from '#integrations/ninox/client.ts';
import { findFields } from '#integrations/ninox/find-fields.ts';
import { recordIdSchema } from '#integrations/ninox/ids.ts';
import { viewRecord } from '#integrations/ninox/record-view.ts';
import type { NinoxRecord } from '#integrations/ninox/responses.ts';
import { lookUpFields } from '#integrations/ninox/schema-lookup.ts';
import { sliceOf } from '#integrations/ninox/text-slice.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { fieldsParameter, tableParameters } from './read-parameters.ts';
import { tableIdsOf } from './write-parameters.ts';

const mostBytes = 100_000;

const parameters = z.object({
  ...tableParameters,
  record_id: recordIdSchema.describe('Number of the record inside the table, e.g. 12.'),
  fields: fieldsParameter,
  text_from: z
    .int()
    .min(0)
    .max(100_000_000)
    .optional()
    .describe('Only with exactly one field, whose text was cut: from which character to read on.'),
});

export function createGetRecordTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_get_record',
    slug: 'NINOX_GET_RECORD',
    integration: 'ninox',
    title: 'Get a Ninox record',
    description:
      'Reads one record of a table of a Ninox database by its number, with its fields and when it was changed. Use it when the number is known. Empty fields and formulas are not shown. Values that are too long are cut and named under “cut”: read on with fields and text_from.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: ({ record_id, ...place }) => ({ ...tableIdsOf(place), record: record_id }),
    async execute(args, context) {
      const ids: NinoxRecordIds = { ...tableIdsOf(args), record: args.record_id };
      const names = args.fields ?? null;
      const single = names?.length === 1 ? (names[0] ?? null) : null;
      if (args.text_from !== undefined && single === null) throw oneFieldOnly();
      const known = await lookUpFields(client, context, ids);
      await findFields(known, names ?? [], { takesComputed: false });
      const record = await client.getRecord(context, ids);
      const { team_id, database_id, table_id } = args;
      const place = { team_id, database_id, table_id, table: known.table.name };
      if (args.text_from !== undefined && single !== null) {
        return { ...place, record_id: record.id, ...readOn(record, single, args.text_from) };
      }
      const { createdAt, createdBy, modifiedBy } = record;
      const view = viewRecord(record, names, mostBytes);
      return {
        ...place,
        record: {
          ...view,
          created_at: createdAt ?? null,
          created_by: createdBy ?? null,
          modified_by: modifiedBy ?? null,
        },
        complete: view.cut === undefined,
      };
    },
  });
}

function readOn({ fields }: NinoxRecord, field: string, from: number) {
  const value = fields[field] ?? '';
  const slice = sliceOf(typeof value === 'string' ? value : JSON.stringify(value), from);
  return { field, ...slice, complete: slice.next_from === null };
}

function oneFieldOnly(): UpstreamError {
  return new UpstreamError('UPSTREAM_INVALID', 'text_from reads on in one field, so “fields” must name exactly one.');
}
