import type { Listing } from '#integrations/ninox/record-listing.ts';

export interface AskedTable {
  readonly team_id: string;
  readonly database_id: string;
  readonly table_id: string;
}

/** What tools that list records answer; it is whole only where there is no next cursor. */
export function presentRecords(
  { team_id, database_id, table_id }: AskedTable,
  { records, nextCursor, table, note }: Listing,
) {
  return {
    team_id,
    database_id,
    table_id,
    table: table.name,
    records,
    count: records.length,
    complete: nextCursor === null,
    next_cursor: nextCursor,
    ...(note === null ? {} : { note }),
  };
}
