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

const fieldResponse = z.object({
  id,
  name: z.string(),
  type: z.string().catch('unknown'),
  referenceToTable: optionalId,
  reverseField: optionalId,
  referenceFromTable: optionalId,
  referenceFromField: optionalId,
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

export const filesResponse = z.array(z.object({ name: z.string().min(1) }));

const created = z.object({ id });

/** The id of the one record that was created: Ninox was seen to answer the record, and lists for lists. */
export const creationResponse = z
  .union([created, z.tuple([created]).transform(([first]) => first)])
  .transform((record) => record.id)
  .refine((found) => recordIdSchema.safeParse(found).success);

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

export interface NinoxFile {
  readonly name: string;
}

/** Times are UTC without a zone suffix, as Ninox writes them. Empty fields and formulas are absent from `fields`. */
export type NinoxRecord = Readonly<z.output<typeof recordResponse>>;

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
 * What Ninox writes after a deletion is not documented: nothing, text and JSON are all taken. A page is not, since
 * a sign-in page of something in between also comes with status 200.
 */
export const readDeletion: Read<void> = ({ headers, text }, fail) => {
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

function isWithin(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isWithin(levels - 1, item));
}
