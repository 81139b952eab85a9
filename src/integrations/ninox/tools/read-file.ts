import { z } from 'zod';
import type { NinoxClient, NinoxRecordIds } from '#integrations/ninox/client.ts';
import { isText, mayBeText } from '#integrations/ninox/file-text.ts';
import { fileNameSchema, recordIdSchema } from '#integrations/ninox/ids.ts';
import { nearNames } from '#integrations/ninox/near-names.ts';
import type { NinoxFile } from '#integrations/ninox/responses.ts';
import { sliceOf } from '#integrations/ninox/text-slice.ts';
import { listed, quoted } from '#integrations/ninox/words.ts';
import { type CallContext, defineTool, type Tool } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { tableParameters } from './read-parameters.ts';
import { tableIdsOf } from './write-parameters.ts';

/** A larger file is described only. */
const mostBytes = 2_000_000;

const parameters = z.object({
  ...tableParameters,
  record_id: recordIdSchema.describe('Number of the record the file is attached to, e.g. 12.'),
  file_name: fileNameSchema.describe('Name of the file exactly as ninox_list_files gives it.'),
  text_from: z.int().min(0).max(10_000_000).optional().describe('To go on: next_from of the answer before.'),
});

export function createReadFileTool(client: NinoxClient): Tool {
  return defineTool({
    name: 'ninox_read_file',
    slug: 'NINOX_READ_FILE',
    integration: 'ninox',
    title: 'Read a file of a Ninox record',
    description:
      'Reads the text of one file that is attached to a record of a Ninox database, part by part: go on with next_from until it is null. Files that hold no text, such as pictures and PDF, and those above 2 MB are only described. Use ninox_list_files first.',
    scope: 'ninox:records:read',
    effect: 'read',
    readsRecords: true,
    defaultApproval: 'auto',
    parameters,
    target: ({ record_id, ...place }) => ({ ...tableIdsOf(place), record: record_id }),
    async execute({ file_name, text_from = 0, ...args }, context) {
      const ids: NinoxRecordIds = { ...tableIdsOf(args), record: args.record_id };
      const files = await client.listFiles(context, ids);
      const file = files.find(({ name }) => name === file_name);
      if (file === undefined) throw noSuchFile(file_name, files);
      const described = {
        ...args,
        file: { name: file.name, size: file.size ?? null, content_type: file.contentType ?? null },
      };
      const text = await readText(client, context, { ids, file });
      if (typeof text !== 'string')
        return { ...described, text: null, complete: true, next_from: null, note: text.why };
      const slice = sliceOf(text, text_from);
      return { ...described, ...slice, complete: slice.next_from === null };
    },
  });
}

/** The text, or why it is not read. */
async function readText(
  client: NinoxClient,
  context: CallContext,
  { ids, file }: { readonly ids: NinoxRecordIds; readonly file: NinoxFile },
): Promise<string | { readonly why: string }> {
  if (!mayBeText(file.name, file.contentType ?? null)) return noText;
  if ((file.size ?? 0) > mostBytes) return tooLarge;
  try {
    const content = await client.readFile(context, { ...ids, file: file.name }, mostBytes);
    return isText(content) ? content.text : noText;
  } catch (error) {
    if (error instanceof UpstreamError && error.code === 'OUTPUT_TOO_LARGE') return tooLarge;
    throw error;
  }
}

const noText = { why: 'The file holds no text that can be read here, so it is only described. Open it in Ninox.' };
const tooLarge = { why: 'The file is larger than 2 MB, so it is only described. Open it in Ninox.' };

function noSuchFile(name: string, files: readonly NinoxFile[]): UpstreamError {
  const names = files.map((file) => file.name);
  const near = nearNames(name, names);
  const shown = near.length > 0 ? near : names;
  const others =
    shown.length === 0 ? 'it has no files' : `there ${shown.length === 1 ? 'is' : 'are'} ${listed(shown.map(quoted))}`;
  return new UpstreamError('UPSTREAM_NOT_FOUND', `No file of this record is named ${quoted(name)}; ${others}.`);
}
