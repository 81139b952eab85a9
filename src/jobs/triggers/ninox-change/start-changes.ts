import { recordMeetsConditions } from '../../conditions.ts';
import type { Job, StartJob } from '../../job.ts';
import type { ChangeTrigger } from '../../job-definition.ts';
import type { SeenTable } from './change-ports.ts';
import type { EarlierValues } from './earlier-values.ts';
import { type Batch, namedValues, type RecordChange } from './record-changes.ts';

export interface StartDeps {
  readonly startJob: StartJob;
  readonly earlier: EarlierValues;
}

export interface Starting {
  readonly job: Job;
  readonly trigger: ChangeTrigger;
  readonly tables: readonly SeenTable[];
  /** What is watched, as one text. */
  readonly place: string;
}

/** Starts the job for each change it is for. In the caller's transaction. */
export async function startAll(deps: StartDeps, starting: Starting & { readonly batch: Batch }): Promise<void> {
  for (const change of starting.batch.changes) await startOne(deps, starting, change);
}

async function startOne(deps: StartDeps, starting: Starting, change: RecordChange): Promise<void> {
  const { job, trigger, tables, place } = starting;
  const earlier = deps.earlier.of(place, `${change.table}/${change.record}`);
  const kinds = kindsOf(trigger, change, earlier !== null);
  if (kinds.length === 0) return;
  const table = tables.find(({ id }) => id === change.table);
  const before = earlier === null ? null : namedValues(table, earlier);
  // Of a record that is gone there is what this process remembers.
  const fields = change.values === null ? (before ?? {}) : namedValues(table, change.values);
  if (!recordMeetsConditions(job.definition.conditions, { fields, before: change.values === null ? null : before })) {
    return;
  }
  for (const { kind, causeKey } of kinds) {
    const payload = payloadOf(starting, change, { kind, fields, table });
    // A creation that is known was seen before, so this is a change of it.
    if ((await deps.startJob(job, { cause: 'change', causeKey, payload })) !== null) return;
  }
}

/** What was seen before is not new, whatever the times say: those of Ninox are whole seconds. */
function kindsOf({ on }: ChangeTrigger, { kinds, isOnlyNew }: RecordChange, wasSeen: boolean): RecordChange['kinds'] {
  const isCreation = isOnlyNew && !wasSeen && !on.includes('created');
  return kinds.filter(({ kind }) => {
    if (!on.includes(kind)) return false;
    return kind === 'created' ? !wasSeen : !isCreation;
  });
}

interface Named {
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly table: SeenTable | undefined;
}

function payloadOf({ trigger }: Starting, change: RecordChange, { kind, fields, table }: Named) {
  const { team, database } = trigger;
  const where = { team, database, table: change.table, tableName: table?.name ?? change.table };
  const at = change.at === null ? null : new Date(change.at).toISOString();
  return {
    change: { kind, ...where, record: change.record, at, by: change.by },
    record: { id: change.record, ...where, fields },
  };
}
