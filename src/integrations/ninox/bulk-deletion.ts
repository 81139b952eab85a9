import type { CallContext, ChangeHooks } from '#integrations/tool-definition.ts';
import { planBulkDeletion } from './bulk-deletion-plan.ts';
import { createBulkRestoration } from './bulk-restoration.ts';
import type { NinoxClient, NinoxTableIds } from './client.ts';
import { keepRecords } from './deleted-records.ts';
import { goneAmong, type Removing, removeAll } from './removal.ts';
import { sightRecords } from './sightings.ts';
import { listed } from './words.ts';

/** What goes with the deletion of several records: its plan, its undo, and finding out whether it happened. */
export function createBulkDeletion(client: NinoxClient, removing: Removing): ChangeHooks {
  return {
    async plan(context) {
      const sightings = await sightRecords(client, context, removing);
      return {
        plan: planBulkDeletion(sightings, (target) => context.allows(target)),
        snapshot: keepRecords(sightings),
      };
    },
    // One that is gone has gone by this call, as far as anybody knows: each was there when it was planned.
    reconcile: async (context) =>
      (await goneAmong(client, context, removing)).length > 0 ? 'happened' : 'not_happened',
    outputIfHappened: {
      ...namedPlace(removing.ids),
      deleted: null,
      record_ids: removing.records,
      unknown: 'The answer of Ninox was lost. Records of this call are gone; whether all are, tells only reading each.',
    },
    undo: createBulkRestoration(client),
  };
}

function namedPlace({ team, database, table }: NinoxTableIds) {
  return { team_id: team, database_id: database, table_id: table };
}

/** Sends it, once, and tells which are gone. */
export async function deleteAll(client: NinoxClient, context: CallContext, removing: Removing) {
  const { gone, left } = await removeAll(client, context, removing);
  const output = { ...namedPlace(removing.ids), deleted: gone.length, record_ids: gone };
  if (left.length === 0) return output;
  const note = `Ninox did not delete ${left.length === 1 ? 'record' : 'records'} ${listed(left, 100)}: read again, ${left.length === 1 ? 'it is' : 'they are'} still there.`;
  return { ...output, still_there: left, note };
}
