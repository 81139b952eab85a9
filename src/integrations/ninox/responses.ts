import { z } from 'zod';
import type { EgressResponse } from '#integrations/egress.ts';
import { recordIdSchema } from './ids.ts';

/*
 * The parts of Ninox's answers that are used; every other key is dropped. Whether an id is text or a number is not
 * settled in what Ninox documents, so both are taken and text is given.
 */
const id = z.union([z.string().min(1).max(64), z.number().int()]).transform(String);

const named = z.object({ id, name: z.string() });

export const teamResponse = named;
export const teamsResponse = z.array(named);
export const databasesResponse = z.array(named);

/** A key that is there in another form than expected counts as not there. */
const optionalId = id.optional().catch(undefined);
const optionalText = z.string().optional().catch(undefined);

const choiceResponse = z.object({ id, caption: z.string() });

/** The options of a choice; those of an unknown form are left out. */
const optionalChoices = z
  .array(z.unknown())
  .transform((found) => found.flatMap((one) => choiceResponse.safeParse(one).data ?? []))
  .optional()
  .catch(undefined);

const fieldResponse = z.object({
  id,
  name: z.string(),
  type: z.string().catch('unknown'),
  referenceToTable: optionalId,
  reverseField: optionalId,
  referenceFromTable: optionalId,
  referenceFromField: optionalId,
  choices: optionalChoices,
});

/** A field of an unknown form is left out: it must not keep a person from seeing the tables. */
const fieldsResponse = z
  .array(z.unknown())
  .catch([])
  .transform((found) => found.flatMap((one) => fieldResponse.safeParse(one).data ?? []));

export const tableResponse = named.extend({ fields: fieldsResponse });
export const tablesResponse = z.array(tableResponse);

/** No field of Ninox nests; a value that nests for ever would break whoever walks through it. */
const deepestValue = 8;

export const recordResponse = z.object({
  id,
  sequence: z.number().optional().catch(undefined),
  createdAt: optionalText,
  createdBy: optionalText,
  modifiedAt: optionalText,
  modifiedBy: optionalText,
  fields: z.record(z.string(), z.unknown()).refine((fields) => isWithin(deepestValue, fields)),
});
export const recordsResponse = z.array(recordResponse);

export const filesResponse = z.array(
  z.object({
    name: z.string().min(1),
    size: z.number().min(0).optional().catch(undefined),
    contentType: optionalText,
    modifiedDate: optionalText,
  }),
);

const created = z.object({ id });

/** The id of the one record that was created: Ninox was seen to answer the record, and lists for lists. */
export const creationResponse = z
  .union([created, z.tuple([created]).transform(([first]) => first)])
  .transform((record) => record.id)
  .refine((found) => recordIdSchema.safeParse(found).success);

const written = created.extend({
  sequence: z.number().optional().catch(undefined),
  fields: z
    .record(z.string(), z.unknown())
    .refine((fields) => isWithin(deepestValue, fields))
    .optional()
    .catch(undefined),
});

/** What was created, in the order it was sent. Beside the ids nothing of the answer is documented. */
export const writtenResponse = z
  .union([z.array(written), written.transform((one) => [one])])
  .refine((found) => found.every((one) => recordIdSchema.safeParse(one.id).success))
  .refine((found) => new Set(found.map((one) => one.id)).size === found.length);

/** By the id of each table, the fields by theirs; `fn` is the base of what Ninox computes. */
const schemaField = z.object({ caption: z.string(), base: z.string().catch('unknown') });
const schemaType = z.object({ fields: z.record(z.string(), z.unknown()).catch({}) });

/** The names of the fields of each table that Ninox computes, which it leaves out of its lists of tables. */
export const computedNamesResponse = z
  .object({ types: z.record(z.string(), z.unknown()) })
  .transform(({ types }) => new Map(Object.entries(types).map(([table, type]) => [table, computedNames(type)])));

function computedNames(type: unknown): readonly string[] {
  const fields = Object.values(schemaType.safeParse(type).data?.fields ?? {});
  return fields.flatMap((field) => {
    const { data } = schemaField.safeParse(field);
    return data?.base === 'fn' ? [data.caption] : [];
  });
}

export interface NinoxTeam {
  readonly id: string;
  readonly name: string;
}

export interface NinoxDatabase {
  readonly id: string;
  readonly name: string;
}

/** Formula fields are absent. */
export type NinoxField = Readonly<z.output<typeof fieldResponse>>;

export interface NinoxTable {
  readonly id: string;
  readonly name: string;
  /** In the table's own order. */
  readonly fields: readonly NinoxField[];
}

/** Beside the name, only what Ninox tells. */
export type NinoxFile = Readonly<z.output<typeof filesResponse>[number]>;

/** Times are UTC without a zone suffix, as Ninox writes them. Empty fields and formulas are absent from `fields`. */
export type NinoxRecord = Readonly<z.output<typeof recordResponse>>;

export type WrittenRecord = Readonly<z.output<typeof written>>;

/** Why an answer with a success status is still not usable. */
export type AnswerFault = 'not_json' | 'unexpected_shape';
export type Read<Result> = (answer: EgressResponse, fail: (fault: AnswerFault) => Error) => Result;

/** Parses the answer and takes it only when it is about what was asked for. */
export function readAs<Result>(schema: z.ZodType<Result>, isExpected: (result: Result) => boolean): Read<Result> {
  return ({ text }, fail) => {
    const parsed = schema.safeParse(parseJson(text, fail));
    if (!parsed.success || !isExpected(parsed.data)) throw fail('unexpected_shape');
    return parsed.data;
  };
}

/**
 * What Ninox writes after a deletion or an update is not documented: nothing, text and JSON are all taken. A page is
 * not, since a sign-in page of something in between also comes with status 200.
 */
export const readDone: Read<void> = ({ headers, text }, fail) => {
  const isPage = (headers.get('content-type') ?? '').includes('html') || text.trimStart().startsWith('<');
  if (isPage) throw fail('not_json');
};

/** The SyntaxError of JSON.parse quotes the text it failed on, so it goes no further. */
function parseJson(text: string, fail: (fault: AnswerFault) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fail('not_json');
  }
}

/** Whether a value nests no deeper than any field of Ninox does. */
export function isShallow(value: unknown): boolean {
  return isWithin(deepestValue, value);
}

function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isWithin(levels - 1, item));
}
