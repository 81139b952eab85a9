import type { CallContext, ChangeHooks } from '#integrations/tool-definition.ts';
import type { NinoxClient, NinoxRecordIds } from './client.ts';
import { keepRecord } from './deleted-record.ts';
import { planDeletion } from './deletion-plan.ts';
import { createRestoration } from './restoration.ts';
import { isNotFound, sightRecord } from './sighting.ts';

/** What `ninox_delete_record` answers once the record is gone. */
export function deletionOutput({ team, database, table, record }: NinoxRecordIds) {
  return { deleted: true, record: { team_id: team, database_id: database, table_id: table, record_id: record } };
}

/** What goes with the deletion of one record: its plan, its undo, and finding out whether it happened. */
export function createDeletion(client: NinoxClient, ids: NinoxRecordIds): ChangeHooks {
  return {
    async plan(context) {
      const sighting = await sightRecord(client, context, ids);
      return { plan: planDeletion(sighting, (target) => context.allows(target)), snapshot: keepRecord(sighting) };
    },
    reconcile: (context) => reconcile(client, context, ids),
    outputIfHappened: deletionOutput(ids),
    undo: createRestoration(client),
  };
}

/** A record counts as gone only where its table can still be seen: a key that lost its rights sees no record either. */
async function reconcile(
  client: NinoxClient,
  context: CallContext,
  ids: NinoxRecordIds,
): Promise<'happened' | 'not_happened'> {
  try {
    await client.getRecord(context, ids);
    return 'not_happened';
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await client.getTable(context, ids);
    return 'happened';
  }
}
