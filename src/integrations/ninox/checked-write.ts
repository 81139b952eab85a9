import { UpstreamError } from '#integrations/upstream-error.ts';
import type { NinoxFields } from './client.ts';
import { problemOfValue } from './field-values.ts';
import type { WritableValue } from './restoration-report.ts';
import { checkFieldNames, type KnownFields } from './schema-lookup.ts';
import { quoted } from './words.ts';

const mostProblems = 5;

/**
 * The values of each record with their fields, in the table's order. Throws UPSTREAM_INVALID, with what to mend, for
 * names and values that the table does not take: nothing is sent then.
 */
export async function checkWrite(
  known: KnownFields,
  records: readonly NinoxFields[],
): Promise<readonly (readonly WritableValue[])[]> {
  const names = records.flatMap((fields) => Object.keys(fields));
  const wrongNames = await checkFieldNames(known, names);
  const checked = records.map((fields) => valuesIn(known, fields));
  const wrongValues = checked.flatMap((values, at) =>
    values.flatMap(({ field, value }) => {
      const problem = problemOfValue(field, value);
      return problem === null ? [] : [records.length === 1 ? problem : `Record ${at + 1} of the list: ${problem}`];
    }),
  );
  const problems = [...wrongNames, ...wrongValues];
  if (problems.length === 0) return checked;
  const more = problems.length - mostProblems;
  throw new UpstreamError(
    'UPSTREAM_INVALID',
    [
      `This does not fit the table ${quoted(known.table.name)}, so nothing was sent.`,
      ...problems.slice(0, mostProblems),
      ...(more > 0 ? [`And ${more} more like these.`] : []),
    ].join(' '),
  );
}

function valuesIn({ table }: KnownFields, fields: NinoxFields): readonly WritableValue[] {
  const names = Object.keys(fields);
  if (table.fields.length === 0) {
    return names.map((name) => ({ name, value: fields[name], field: { id: name, name, type: 'unknown' } }));
  }
  // Two fields may share a name; Ninox takes one of them.
  const first = table.fields.filter((field) => table.fields.find(({ name }) => name === field.name) === field);
  return first.flatMap((field) =>
    names.includes(field.name) ? [{ name: field.name, value: fields[field.name], field }] : [],
  );
}
