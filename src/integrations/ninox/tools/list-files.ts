import { z } from 'zod';
import type { NinoxClient, NinoxRecordIds } from '#integrations/ninox/client.ts';
import { cursorParameter, readCursor, writeCursor } from '#integrations/ninox/cursors.ts';
import { recordIdSchema } from '#integrations/ninox/ids.ts';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { tableParameters } from './read-parameters.ts';
import { tableIdsOf } from './write-parameters.ts';

const mostFiles = 100;

const parameters = z.object({
  ...tableParameters,
  record_id: recordIdSchema.describe('Number of the record the files are attached to, e.g. 12.'),
  cursor: cursorParameter,
});

export function createListFilesTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_list_files',
    slug: 'NINOX_LIST_FILES',
    integration: 'ninox',
    title: 'List the files of a Ninox record',
    description:
      'Lists the files that are attached to one record of a Ninox database, with name, size and type. Use it before ninox_read_file. The answer is complete only where next_cursor is null.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: ({ record_id, ...place }) => ({ ...tableIdsOf(place), record: record_id }),
    async execute({ cursor, ...args }, context) {
      const ids: NinoxRecordIds = { ...tableIdsOf(args), record: args.record_id };
      const start = cursor === undefined ? 0 : readCursor(ids, cursor, z.tuple([z.int().min(0).max(1_000_000)]))[0];
      const files = await client.listFiles(context, ids);
      const shown = files.slice(start, start + mostFiles);
      const end = start + shown.length;
      return {
        ...args,
        files: shown.map(({ name, size, contentType, modifiedDate }) => ({
          name,
          size: size ?? null,
          content_type: contentType ?? null,
          modified_at: modifiedDate ?? null,
        })),
        count: files.length,
        complete: end >= files.length,
        next_cursor: end < files.length ? writeCursor(ids, [end]) : null,
      };
    },
  });
}
