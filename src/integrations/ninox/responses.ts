import { z } from 'zod';
import type { EgressResponse } from '#integrations/egress.ts';

/*
 * The parts of Ninox's answers that are used; every other key is dropped. Whether an id is text or a number is not
 * settled in what Ninox documents, so both are taken and text is given.
 */
const id = z.union([z.string().min(1).max(64), z.number().int()]).transform(String);

const named = z.object({ id, name: z.string() });

export const teamResponse = named;
export const teamsResponse = z.array(named);
export const databasesResponse = z.array(named);
export const tablesResponse = z.array(named);
export const recordResponse = z.object({
  id,
  sequence: z.number().optional(),
  createdAt: z.string().optional(),
  createdBy: z.string().optional(),
  modifiedAt: z.string().optional(),
  modifiedBy: z.string().optional(),
  fields: z.record(z.string(), z.unknown()),
});

export interface NinoxTeam {
  readonly id: string;
  readonly name: string;
}

export interface NinoxDatabase {
  readonly id: string;
  readonly name: string;
}

export interface NinoxTable {
  readonly id: string;
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
