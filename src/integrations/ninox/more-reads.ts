import { z } from 'zod';
import { pathTemplates } from './ids.ts';
import type { NinoxCall, Perform } from './perform.ts';
import { isShallow, type NinoxRecord, readAs, recordsResponse } from './responses.ts';

interface TablePlace {
  readonly team: string;
  readonly database: string;
  readonly table: string;
}

/** One page of a table as Ninox is asked for it. Ninox may ignore any of it, so whoever asks checks what comes. */
export interface RecordPageQuestion {
  /** From 0. */
  readonly page: number;
  readonly perPage: number;
  /** Values by the ids of their fields, each to be equal. */
  readonly filters?: Readonly<Record<string, string | number>>;
  /** The id of a field. */
  readonly order?: string;
  readonly descending?: boolean;
}

export interface FileText {
  /** As UTF-8; what is none holds replacement characters. */
  readonly text: string;
  readonly contentType: string | null;
}

export interface MoreReads {
  listRecordPage(call: NinoxCall, place: TablePlace, question: RecordPageQuestion): Promise<readonly NinoxRecord[]>;
  /** OUTPUT_TOO_LARGE beyond `maxBytes`. */
  readFile(
    call: NinoxCall,
    place: TablePlace & { readonly record: string; readonly file: string },
    maxBytes: number,
  ): Promise<FileText>;
  /** Has Ninox run a script that only reads, and gives its value. A script must be built, never taken from outside. */
  runQuery(call: NinoxCall, place: Omit<TablePlace, 'table'>, script: string): Promise<unknown>;
}

/** A page may hold 200 records, and records may be large. */
const mostPageBytes = 12_000_000;

const readPage = readAs(recordsResponse, () => true);
const readValue = readAs(z.unknown().refine(isShallow), () => true);

export function createMoreReads(perform: Perform): MoreReads {
  return {
    listRecordPage: (call, ids, { page, perPage, filters, order, descending }) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.records,
        ids: { ...ids },
        query: {
          page: String(page),
          perPage: String(perPage),
          ...(filters === undefined ? {} : { filters: JSON.stringify(filters) }),
          ...(order === undefined ? {} : { order }),
          ...(order !== undefined && descending === true ? { desc: 'true' } : {}),
        },
        maxBytes: mostPageBytes,
        read: readPage,
      }),
    readFile: (call, ids, maxBytes) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.file,
        ids: { ...ids },
        maxBytes,
        read: ({ text, headers }) => ({ text, contentType: headers.get('content-type') }),
      }),
    runQuery: (call, ids, script) =>
      perform(call, {
        method: 'GET',
        template: pathTemplates.query,
        ids: { ...ids },
        query: { query: script },
        read: readValue,
      }),
  };
}
