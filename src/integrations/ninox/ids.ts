import { z } from 'zod';
import { UpstreamError } from '#integrations/upstream-error.ts';

/*
 * Ninox calls its ids opaque, but two of them can turn a path into another one: an empty or dotted record id makes
 * a single delete the bulk delete. So only what was ever seen, with some room, is let through.
 */
export const teamIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9]{8,32}$/, 'must be a Ninox team id, 8 to 32 letters and digits, as ninox_list_teams returns it');

export const databaseIdSchema = z
  .string()
  .regex(
    /^[a-z0-9]{8,32}$/,
    'must be a Ninox database id, 8 to 32 lower-case letters and digits, as ninox_get_databases returns it',
  );

export const tableIdSchema = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9]{0,4}$/,
    'must be a Ninox table id, a capital letter and up to 4 capital letters or digits, such as A or AB',
  );

const recordIdMessage = 'must be a Ninox record id, a whole number from 1 without leading zeros, such as 12';

/** Takes the number as text or as a number and gives text: models write both, the path needs text. */
export const recordIdSchema = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z
    .string()
    .regex(/^[1-9][0-9]{0,15}$/, recordIdMessage)
    .refine((digits) => Number(digits) <= Number.MAX_SAFE_INTEGER, recordIdMessage),
);

const longestFileName = 255;

/** The name of an attached file. It goes into a path, so what could be read as several segments is refused. */
export const fileNameSchema = z
  .string()
  .min(1)
  .max(longestFileName)
  .refine(
    (name) => name !== '.' && name !== '..' && name.isWellFormed() && !/[/\\\p{Cc}]/u.test(name),
    'must be the name of an attached file as ninox_list_files gives it, without slashes',
  );

const schemas = {
  team: teamIdSchema,
  database: databaseIdSchema,
  table: tableIdSchema,
  record: recordIdSchema,
  file: fileNameSchema,
};
export type NinoxIdName = keyof typeof schemas;
export type NinoxIds = Readonly<Partial<Record<NinoxIdName, string>>>;

export const pathTemplates = {
  teams: '/teams',
  team: '/teams/{team}',
  databases: '/teams/{team}/databases',
  schema: '/teams/{team}/databases/{database}/schema',
  databaseChanges: '/teams/{team}/databases/{database}/changes',
  tables: '/teams/{team}/databases/{database}/tables',
  table: '/teams/{team}/databases/{database}/tables/{table}',
  tableChanges: '/teams/{team}/databases/{database}/tables/{table}/changes',
  records: '/teams/{team}/databases/{database}/tables/{table}/records',
  record: '/teams/{team}/databases/{database}/tables/{table}/records/{record}',
  files: '/teams/{team}/databases/{database}/tables/{table}/records/{record}/files',
  file: '/teams/{team}/databases/{database}/tables/{table}/records/{record}/files/{file}',
  query: '/teams/{team}/databases/{database}/query',
} as const;
export type PathTemplate = (typeof pathTemplates)[keyof typeof pathTemplates];

/** The template with its ids put in. Throws EGRESS_DENIED, without quoting the id, for every id that is not one. */
export function buildPath(template: PathTemplate, ids: NinoxIds): string {
  const path = template
    .split('/')
    .map((segment) => fillSegment(segment, ids))
    .join('/');
  if (!followsTemplate(template, path, ids)) throw idRefused();
  return path;
}

/**
 * The body of a deletion of many. Throws EGRESS_DENIED for none at all and for every id that is not one: what Ninox makes
 * of such a list is not known.
 */
export function numbersOf(records: readonly string[]): readonly number[] {
  const isEach = records.every((record) => schemas.record.safeParse(record).success);
  if (records.length === 0 || !isEach) throw idRefused();
  return records.map(Number);
}

/** Whether a URL made of `path` still has the template's segments, compared after the URL parser had its say. */
export function followsTemplate(template: PathTemplate, path: string, ids: NinoxIds): boolean {
  const url = URL.parse(`https://ninox.invalid${path}`);
  if (url === null || url.search !== '' || url.hash !== '' || url.host !== 'ninox.invalid') return false;
  const found = url.pathname.split('/');
  const wanted = template.split('/').map((segment) => {
    const name = placeholderName(segment);
    if (name === null) return segment;
    const id = ids[name];
    return name === 'file' && id !== undefined ? encodeURIComponent(id) : id;
  });
  const isFile = template === pathTemplates.file;
  const isEach = found.every(
    (part, at) => part === wanted[at] && (isPlain(part, at) || (isFile && at === found.length - 1 && part !== '')),
  );
  return found.length === wanted.length && isEach;
}

/** Only the segment before the leading slash is empty, and an encoded slash may be decoded on the other side. */
function isPlain(segment: string, at: number): boolean {
  return !segment.includes('%') && (segment === '') === (at === 0);
}

function fillSegment(segment: string, ids: NinoxIds): string {
  const name = placeholderName(segment);
  if (name === null) return segment;
  const parsed = schemas[name].safeParse(ids[name]);
  if (!parsed.success) throw idRefused();
  return name === 'file' ? encodeURIComponent(parsed.data) : parsed.data;
}

function placeholderName(segment: string): NinoxIdName | null {
  if (!segment.startsWith('{')) return null;
  const name = segment.slice(1, -1);
  return name in schemas ? (name as NinoxIdName) : null;
}

function idRefused(): UpstreamError {
  return new UpstreamError(
    'EGRESS_DENIED',
    'One of the Ninox ids of this call is not a valid id, so nothing was sent. Take the ids from earlier Ninox results.',
  );
}
