import { z } from 'zod';
import type { NinoxTableIds } from '#integrations/ninox/client.ts';
import { databaseIdSchema, tableIdSchema, teamIdSchema } from '#integrations/ninox/ids.ts';
import type { ResourceTarget } from '#integrations/rights.ts';

/** Where something is written, as all writing tools take it. */
export const placeParameters = {
  team_id: teamIdSchema.describe('Id of the Ninox team, from ninox_list_teams.'),
  database_id: databaseIdSchema.describe('Id of the Ninox database, from ninox_get_databases.'),
  table_id: tableIdSchema.describe('Id of the table inside the database, e.g. A or AB: its id, not its name.'),
};

type PlaceArguments = z.output<z.ZodObject<typeof placeParameters>>;

export function tableIdsOf({ team_id, database_id, table_id }: PlaceArguments): NinoxTableIds {
  return { team: team_id, database: database_id, table: table_id };
}

export function targetOf({ team_id, database_id, table_id }: PlaceArguments): ResourceTarget {
  return { team: team_id, database: database_id, table: table_id };
}

const longestText = 100_000;
const mostFields = 200;
const mostItems = 200;

const text = z.string().max(longestText);
const item = z.union([text, z.number()]);
const value = z.union([text, z.number(), z.boolean(), z.null(), z.array(item).max(mostItems)], {
  error: `must be text of at most ${longestText} characters, a number, true, false, null, or a list of texts and numbers`,
});

const fieldsHelp =
  'Values by the exact names of the fields, e.g. {"Name": "Anna", "Birthday": "1990-05-04"}. Dates as YYYY-MM-DD, times as hh:mm, yes or no as true or false, a choice by its option as it is written, several options as a list, a link by the number of the record it points to. null empties a field. Formulas and back links cannot be written.';

/** Values of one record, by the names of its fields. */
export const fieldsParameter = z
  .record(z.string().min(1).max(200), value)
  .refine((fields) => Object.keys(fields).length > 0, 'must name at least one field')
  .refine((fields) => Object.keys(fields).length <= mostFields, `must not name more than ${mostFields} fields`)
  .describe(fieldsHelp);
