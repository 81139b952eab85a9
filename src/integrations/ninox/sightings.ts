import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxClient } from './client.ts';
import type { SeenRecord, Sightings } from './deleted-records.ts';
import type { NinoxCall } from './perform.ts';
import type { Removing } from './removal.ts';
import { filesOrNull, findRecord, namesOf, sightTable } from './sighting.ts';
import { listed, quoted } from './words.ts';

/** Files are one request more for each, and a person waits for the plan. */
const mostWithFiles = 20;

/**
 * Everything a person should see of several records before they go, one read after the other. UPSTREAM_NOT_FOUND, in plain
 * words, when any of them is not there.
 */
export async function sightRecords(
  client: NinoxClient,
  call: NinoxCall,
  { ids, records }: Removing,
): Promise<Sightings> {
  const sighted = await sightTable(client, call, ids);
  const seen: SeenRecord[] = [];
  const missing: string[] = [];
  for (const id of records) {
    const record = await findRecord(client, call, { ...ids, record: id });
    if (record === null) missing.push(id);
    else seen.push({ record, files: null });
  }
  if (missing.length > 0) throw recordsMissing(missing, sighted.table.name);
  if (seen.length > mostWithFiles) return { ...sighted, seen };
  const withFiles: SeenRecord[] = [];
  for (const { record } of seen) {
    const files = await filesOrNull(client, call, { ...ids, record: record.id });
    withFiles.push({ record, files: namesOf(files) });
  }
  return { ...sighted, seen: withFiles };
}

function recordsMissing(missing: readonly string[], table: string): UpstreamError {
  const which = `${missing.length === 1 ? 'is no record' : 'are no records'} ${listed(missing, 100)}`;
  return new UpstreamError(
    'UPSTREAM_NOT_FOUND',
    `There ${which} in the table ${quoted(table)}, so nothing was deleted. They may have been deleted already; check the numbers and leave these out.`,
  );
}
