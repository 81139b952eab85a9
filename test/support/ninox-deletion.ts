import { createCatalog } from '#integrations/catalog.ts';
import { createNinoxClient } from '#integrations/ninox/client.ts';
import { createNinoxIntegration } from '#integrations/ninox/ninox-integration.ts';
import type { ResourceTarget } from '#integrations/rights.ts';
import type { CallContext, ChangeHooks, PreparedCall, UndoHooks } from '#integrations/tool-definition.ts';
import { createSampleData, sampleIds } from '#sandbox/ninox-data.ts';
import type { NinoxRecord, NinoxTable } from '#sandbox/ninox-model.ts';
import { createNinoxServer, type NinoxStandIn } from '#sandbox/ninox-server.ts';
import { connectionTo, createTestEgress, testKey } from './ninox-connection.ts';

export const { company } = sampleIds;

/** The contact that repeats contact 5: with a company, two activities that point to it, and two files. */
export const doubleContact = { team_id: company.team, database_id: company.crm, table_id: 'B', record_id: '12' };

export interface Deletion {
  readonly call: PreparedCall;
  readonly context: CallContext;
  readonly change: ChangeHooks;
  readonly undo: UndoHooks;
}

export interface DeletionSceneOptions {
  readonly allows?: (target: ResourceTarget) => boolean;
  readonly timeoutMs?: number;
}

/** The deletion tool as a call has it, towards whatever answers at this address. */
export function prepareDeletion(baseUrl: string, args: unknown, options: DeletionSceneOptions = {}): Deletion {
  const { allows = () => true, ...performing } = options;
  const client = createNinoxClient({ egress: createTestEgress(), sleep: async () => undefined, ...performing });
  const call = createCatalog([createNinoxIntegration({ client })])
    .findTool('ninox_delete_record')
    ?.prepare(args);
  if (!call?.ok || call.change?.undo === null || call.change === null)
    throw new Error('no deletion that can be undone');
  const context = { connection: connectionTo(baseUrl), signal: new AbortController().signal, allows };
  return { call, context, change: call.change, undo: call.change.undo };
}

export interface StandInScene {
  readonly standIn: NinoxStandIn;
  readonly baseUrl: string;
  readonly deletion: (args?: unknown, options?: DeletionSceneOptions) => Deletion;
  /** A table of the company's CRM, to be changed behind the service's back. */
  readonly table: (id: string) => NinoxTable;
  readonly record: (table: string, id: number) => NinoxRecord;
  /** Method and path of the requests since the last time it was asked. */
  readonly requests: () => readonly string[];
}

/** A stand-in with the sample company, over real HTTP. */
export async function openStandIn(): Promise<StandInScene> {
  const data = createSampleData();
  const standIn = createNinoxServer({ keys: [{ key: testKey, teams: 'all' }], data });
  const baseUrl = await standIn.listen();
  const crm = data.teams[0]?.databases.find(({ id }) => id === company.crm);
  const table = (id: string): NinoxTable => {
    const found = crm?.tables.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no table ${id}`);
    return found;
  };
  let seen = 0;
  return {
    standIn,
    baseUrl,
    deletion: (args = doubleContact, options = {}) => prepareDeletion(baseUrl, args, options),
    table,
    record(id, number) {
      const found = table(id).records.get(number);
      if (found === undefined) throw new Error(`no record ${number}`);
      return found;
    },
    requests() {
      const since = standIn.requests.slice(seen).map(({ method, path }) => `${method} ${path}`);
      seen = standIn.requests.length;
      return since;
    },
  };
}
