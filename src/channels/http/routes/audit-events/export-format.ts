import { stringify } from 'csv-stringify/sync';
import type { AuditDetailView } from '../../contract/audit-events.ts';

export type ExportFormatName = 'csv' | 'jsonl';

/** How rows are written. What was said about a secret in use is taken out by `scrub`, which gets and gives JSON. */
export interface ExportFormat {
  readonly contentType: string;
  readonly extension: string;
  /** What stands before the first row. */
  readonly head: string;
  rows(items: readonly AuditDetailView[]): string;
}

const columns = [
  'seq',
  'at',
  'action',
  'actorKind',
  'actorId',
  'actorName',
  'personaId',
  'personaVersion',
  'tool',
  'code',
  'connectionId',
  'channel',
  'conversationId',
  'runId',
  'callId',
  'durationMs',
  'credits',
  'prompt',
  'arguments',
  'response',
  'error',
  'details',
  'bodyProblem',
  'id',
  'hash',
  'previousHash',
] as const;

type Row = Readonly<Record<(typeof columns)[number], string | number | null>>;

export const exportContentTypes = ['text/csv', 'application/x-ndjson'] as const;

export function createExportFormat(name: ExportFormatName, scrub: (json: string) => string): ExportFormat {
  return name === 'csv' ? createCsv(scrub) : createJsonLines(scrub);
}

/** One event a line, whole and unchanged: what a program reads. */
function createJsonLines(scrub: (json: string) => string): ExportFormat {
  return {
    contentType: exportContentTypes[1],
    extension: 'jsonl',
    head: '',
    rows: (items) => items.map((item) => `${scrub(JSON.stringify(item))}\n`).join(''),
  };
}

const byteOrderMark = '\uFEFF';

/** For spreadsheets: a cell that one would take for a formula gets an apostrophe in front. */
function createCsv(scrub: (json: string) => string): ExportFormat {
  const write = (rows: readonly Row[], header: boolean) =>
    stringify([...rows], { columns: [...columns], header, record_delimiter: 'windows', escape_formulas: true });
  return {
    contentType: exportContentTypes[0],
    extension: 'csv',
    // Without the mark, Excel takes UTF-8 for something else.
    head: byteOrderMark + write([], true),
    rows: (items) =>
      write(
        items.map((item) => toRow(JSON.parse(scrub(JSON.stringify(item))) as AuditDetailView)),
        false,
      ),
  };
}

function toRow({ event, body, bodyProblem }: AuditDetailView): Row {
  const { actor, ...facts } = event;
  return {
    ...facts,
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    prompt: body?.prompt ?? null,
    arguments: toJson(body?.arguments),
    response: toJson(body?.response),
    error: body?.error ?? null,
    details: toJson(body?.details),
    bodyProblem,
  };
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
