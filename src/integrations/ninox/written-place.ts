import { z } from 'zod';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxTableIds } from './client.ts';
import type { NinoxTable } from './responses.ts';
import type { Place } from './sighting.ts';

const named = z.object({ id: z.string(), name: z.string() });

/** Where something was written, as snapshots keep it. */
export const keptPlace = {
  team: named,
  database: named,
  table: named,
  /** The fields of the table, in its order. */
  tableFields: z.array(
    z.object({ id: z.string(), name: z.string(), type: z.string(), referenceToTable: z.string().optional() }),
  ),
};

interface KeptPlace {
  readonly team: Readonly<z.output<typeof named>>;
  readonly database: Readonly<z.output<typeof named>>;
  readonly table: Readonly<z.output<typeof named>>;
  readonly tableFields: NinoxTable['fields'];
}

export function keepPlace({ team, database, table }: Place): KeptPlace {
  return {
    team: { id: team.id, name: team.name },
    database: { id: database.id, name: database.name },
    table: { id: table.id, name: table.name },
    tableFields: table.fields.map(({ id, name, type, referenceToTable }) => ({
      id,
      name,
      type,
      ...(referenceToTable === undefined ? {} : { referenceToTable }),
    })),
  };
}

export function idsOfPlace({ team, database, table }: Pick<KeptPlace, 'team' | 'database' | 'table'>): NinoxTableIds {
  return { team: team.id, database: database.id, table: table.id };
}

/** Throws UpstreamError for what is no such snapshot. */
export function readKept<Kept>(schema: z.ZodType<Kept>, snapshot: unknown): Kept {
  const parsed = schema.safeParse(snapshot);
  if (parsed.success) return parsed.data;
  throw new UpstreamError(
    'UPSTREAM_INVALID',
    'What was kept of the call cannot be read by this version of the service, so nothing was sent.',
  );
}
