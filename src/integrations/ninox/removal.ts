import type { CallContext } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient, NinoxTableIds, RecordNumbers } from './client.ts';
import { isRefusedValue } from './errors.ts';
import type { NinoxCall } from './perform.ts';
import { findRecord } from './sighting.ts';
import { listed } from './words.ts';

export interface Removing {
  readonly ids: NinoxTableIds;
  readonly records: RecordNumbers;
}

export interface Removal {
  readonly gone: readonly string[];
  readonly left: readonly string[];
}

/**
 * Deletes with one request and reads back what became of each, since Ninox answers well where it has passed over some.
 * OUTCOME_UNKNOWN where that cannot be told.
 */
export async function removeAll(client: NinoxClient, context: CallContext, removing: Removing): Promise<Removal> {
  const refusal = await send(client, context, removing);
  const removal = await readBack(client, context, removing);
  const { database, table } = removing.ids;
  context.touched?.(
    removal.gone.map((record) => ({ database, table, record, kind: 'deleted' as const, sequence: null })),
  );
  if (removal.unread.length > 0) throw unclear(removal);
  if (removal.gone.length > 0) return removal;
  // A deletion was seen to show late, so one that Ninox has confirmed is looked up again.
  throw refusal ?? unclear(removal);
}

/** The answer of Ninox where it is an error that leaves open what was done. */
async function send(client: NinoxClient, context: CallContext, { ids, records }: Removing): Promise<unknown> {
  try {
    const [first, ...rest] = records;
    if (rest.length === 0) await client.deleteRecord(context, { ...ids, record: first });
    else await client.deleteRecords(context, ids, records);
    return null;
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    return error;
  }
}

interface ReadBack extends Removal {
  /** What became of them could not be read. */
  readonly unread: readonly string[];
}

async function readBack(client: NinoxClient, call: NinoxCall, { ids, records }: Removing): Promise<ReadBack> {
  const gone: string[] = [];
  const left: string[] = [];
  for (const [at, record] of records.entries()) {
    try {
      const found = await findRecord(client, call, { ...ids, record });
      (found === null ? gone : left).push(record);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      return { gone: await trusted(client, call, { ids, gone }), left, unread: records.slice(at) };
    }
  }
  const seen = await trusted(client, call, { ids, gone });
  return { gone: seen, left, unread: gone.filter((record) => !seen.includes(record)) };
}

/** A record counts as gone only where its table can still be seen: a key that lost its rights sees no record either. */
async function trusted(
  client: NinoxClient,
  call: NinoxCall,
  { ids, gone }: { readonly ids: NinoxTableIds; readonly gone: readonly string[] },
): Promise<readonly string[]> {
  if (gone.length === 0) return gone;
  try {
    await client.getTable(call, ids);
    return gone;
  } catch (error) {
    if (error instanceof UpstreamError) return [];
    throw error;
  }
}

/** Those that are not there, read one after the other. Throws where the table cannot be seen. */
export async function goneAmong(
  client: NinoxClient,
  call: NinoxCall,
  { ids, records }: { readonly ids: NinoxTableIds; readonly records: readonly string[] },
): Promise<readonly string[]> {
  const gone: string[] = [];
  for (const record of records) {
    if ((await findRecord(client, call, { ...ids, record })) === null) gone.push(record);
  }
  if (gone.length > 0) await client.getTable(call, ids);
  return gone;
}

function unclear({ gone, left, unread }: ReadBack): UpstreamError {
  const parts = [
    ...(gone.length === 0 ? [] : [`Gone: ${listed(gone, 100)}.`]),
    ...(left.length === 0 ? [] : [`Still there when they were read: ${listed(left, 100)}.`]),
    ...(unread.length === 0 ? [] : [`Not known: ${listed(unread, 100)}.`]),
  ];
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `The deletion was sent to Ninox, and it is not known whether all of it was carried out. ${parts.join(' ')} Look at the records in Ninox before you ask for it again.`,
  );
}
