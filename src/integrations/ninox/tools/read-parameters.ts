import { z } from 'zod';
import { operators, type Plain } from '#integrations/ninox/comparisons.ts';
import { databaseIdSchema, tableIdSchema, teamIdSchema } from '#integrations/ninox/ids.ts';

/** Where something is read, as all reading tools take it. */
export const databaseParameters = {
  team_id: teamIdSchema.describe('Id of the Ninox team, from ninox_list_teams.'),
  database_id: databaseIdSchema.describe('Id of the Ninox database, from ninox_get_databases.'),
};

export const tableParameters = {
  ...databaseParameters,
  table_id: tableIdSchema.describe('Id of the table, e.g. A or AB, from ninox_list_tables: its id, not its name.'),
};

export const fieldName = z.string().min(1).max(200);

const longestValue = 1_000;

export const plainValue: z.ZodType<Plain> = z.union([z.string().max(longestValue), z.number(), z.boolean(), z.null()]);

const condition = z.strictObject({
  field: fieldName,
  operator: z.enum(operators).optional(),
  value: plainValue.optional(),
});

export const mostConditions = 10;

/** Conditions that all have to hold. */
export const conditionsParameter = z
  .array(condition)
  .max(mostConditions)
  .describe(
    'Conditions that all must hold, each {"field", "operator", "value"}: the exact name of a field, how to compare (left out: =) and one plain value. Dates as YYYY-MM-DD, a choice by its option, a link by the number of the record.',
  );

export const sortParameter = z
  .strictObject({ field: fieldName, descending: z.boolean().optional() })
  .describe('By which field to order, by its exact name; ascending unless descending is true.');

const mostFields = 100;

export const fieldsParameter = z
  .array(fieldName)
  .min(1)
  .max(mostFields)
  .optional()
  .describe('Exact names of the fields to show; left out: all. Empty fields are never shown.');
