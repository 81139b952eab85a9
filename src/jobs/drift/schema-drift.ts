import type { JobRecord, JobRepository } from '#db/repositories/jobs.ts';
import type { Logger } from '#log';
import type { Job } from '../job.ts';
import type { JobKey } from '../job-ports.ts';
import { toJob } from '../stored-jobs.ts';
import type { SeenTable } from '../triggers/ninox-change/change-ports.ts';
import { type Baseline, baselineSchema, compareSchema } from './compare-schema.ts';
import { namesUsedBy, type UsedTable } from './used-names.ts';

/** The tables of a database as the job’s owner may see them; null where it cannot be looked at now. */
export interface SchemaSource {
  tables(
    job: Job,
    place: { readonly team: string; readonly database: string },
    signal: AbortSignal,
  ): Promise<readonly SeenTable[] | null>;
}

export interface SchemaDriftDeps {
  readonly rows: Pick<JobRepository, 'find' | 'note' | 'listTriggered'>;
  readonly source: SchemaSource;
  /** Puts a notice into the inbox of the job’s owner. Joins the caller's transaction. */
  readonly tellOwner: (job: Job, notice: { readonly title: string; readonly body: string }) => Promise<void>;
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>;
  /** Inside a transaction: nobody else who locks the same name gets further until it ends. */
  readonly lock: (name: string) => Promise<void>;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly clock: () => Date;
  /** Between two looks at which jobs are due. */
  readonly tickMs?: number;
}

export interface SchemaDrift {
  /** Looks once a day at what each active job uses. */
  start(): void;
  /** Looks at all that are due. */
  checkDue(): Promise<void>;
  /** Looks at one job now. */
  check(key: JobKey, signal?: AbortSignal): Promise<void>;
  /** What somebody else has just read of a database that the job uses. */
  seen(job: JobKey, database: string, tables: readonly SeenTable[]): Promise<void>;
  close(graceMs: number): Promise<void>;
}

const dayMs = 86_400_000;
const tick = 600_000;
const mostJobs = 100_000;
const kinds = ['manual', 'schedule', 'webhook', 'ninox_change'] as const;

/** Tells the owner of a job when a table or field that it uses was renamed or removed. */
export function createSchemaDrift(deps: SchemaDriftDeps): SchemaDrift {
  const closing = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let round: Promise<void> | null = null;

  const checkDue = async () => {
    const before = deps.clock().getTime() - dayMs;
    for (const kind of kinds) {
      for (const row of await deps.rows.listTriggered(kind, mostJobs)) {
        if (closing.signal.aborted) return;
        // One that was looked at in a time that is yet to come: the clock was put back.
        const at = row.schemaCheckedAt?.getTime() ?? Number.NEGATIVE_INFINITY;
        if (at <= before || at > deps.clock().getTime() + dayMs) await checkOne(deps, row, closing.signal);
      }
    }
  };
  const onTick = () => {
    round ??= checkDue()
      .catch((error: unknown) => deps.log.error({ err: error }, 'what jobs use in Ninox could not be looked at'))
      .finally(() => {
        round = null;
      });
  };
  return {
    checkDue,
    async check(key, signal = closing.signal) {
      const row = await deps.rows.find(key);
      if (row !== null) await checkOne(deps, row, signal);
    },
    seen: (job, database, tables) => store(deps, job, new Map([[database, tables]])),
    start() {
      if (timer !== null || closing.signal.aborted) return;
      timer = setInterval(onTick, deps.tickMs ?? tick);
      timer.unref();
      onTick();
    },
    async close() {
      if (timer !== null) clearInterval(timer);
      // Nothing is lost: what was not looked at is due still.
      closing.abort();
      await round;
    },
  };
}

async function checkOne(deps: SchemaDriftDeps, row: JobRecord, signal: AbortSignal): Promise<void> {
  const job = toJob(row);
  try {
    const found = new Map<string, readonly SeenTable[]>();
    for (const [database, team] of placesOf(namesUsedBy(job))) {
      const tables = await deps.source.tables(job, { team, database }, signal);
      if (tables !== null) found.set(database, tables);
    }
    await store(deps, job, found);
  } catch (error) {
    if (signal.aborted) return;
    deps.log.warn({ err: error, jobId: row.id }, 'what a job uses in Ninox could not be looked at');
    await deps.rows.note(row, { schemaCheckedAt: deps.clock() });
  }
}

function placesOf(used: readonly UsedTable[]): ReadonlyMap<string, string> {
  return new Map(used.flatMap(({ team, database }) => (team === null ? [] : [[database, team] as const])));
}

type FoundTables = ReadonlyMap<string, readonly SeenTable[]>;

/** Of two that have looked at the same time, one tells. */
async function store(deps: SchemaDriftDeps, { organizationId, id }: JobKey, found: FoundTables): Promise<void> {
  await deps.transaction(async () => {
    await deps.lock(`schema of job ${organizationId} ${id}`);
    const row = await deps.rows.find({ organizationId, id });
    if (row === null) return;
    const job = toJob(row);
    const next = nextBaseline(job, readBaseline(row), found);
    const drift = Object.values(next.words).flat();
    const schemaCheckedAt = deps.clock();
    await deps.rows.note(row, { seenSchema: next, drift: drift.length === 0 ? null : drift, schemaCheckedAt });
    const news = drift.filter((words) => !job.drift.includes(words));
    if (news.length > 0) await deps.tellOwner(job, noticeOf(job, news));
  });
}

function readBaseline({ seenSchema }: JobRecord): Baseline | null {
  return baselineSchema.safeParse(seenSchema).data ?? null;
}

function nextBaseline(job: Job, before: Baseline | null, found: FoundTables): Baseline {
  const used = namesUsedBy(job);
  const isSame = before?.revision === job.revision;
  const tables: Baseline['tables'] = {};
  const words: Baseline['words'] = {};
  for (const database of new Set(used.map((one) => one.database))) {
    const now = found.get(database);
    const usedThere = used.filter((one) => one.database === database);
    const known = knownOf(usedThere, before);
    if (now === undefined) {
      Object.assign(tables, known);
      words[database] = before?.words[database] ?? [];
    } else {
      const compared = compareSchema(usedThere, now, isSame ? known : withNewNames(known, database, now));
      Object.assign(tables, compared.tables);
      words[database] = [...compared.words];
    }
  }
  return { revision: job.revision, tables, words };
}

function knownOf(used: readonly UsedTable[], before: Baseline | null): Baseline['tables'] {
  const known = used.flatMap(({ database, table }) => {
    const seen = before?.tables[`${database}/${table}`];
    return seen === undefined ? [] : [[`${database}/${table}`, seen] as const];
  });
  return Object.fromEntries(known);
}

/** Whoever has stored the job since knows the tables by the names they had then; fields it names must be there still. */
function withNewNames(known: Baseline['tables'], database: string, now: readonly SeenTable[]): Baseline['tables'] {
  const named = Object.entries(known).map(([key, seen]) => {
    const table = now.find(({ id }) => `${database}/${id}` === key);
    return [key, table === undefined ? seen : { ...seen, name: table.name }] as const;
  });
  return Object.fromEntries(named);
}

function noticeOf({ definition: { name } }: Job, words: readonly string[]) {
  const title = `Something that the job “${name}” uses was changed in Ninox`;
  return { title, body: words.map((one) => `- ${one}`).join('\n') };
}
