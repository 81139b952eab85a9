import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { AuditEvent, AuditFilter, AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { Actor } from '#auth/actor.ts';
import { auditExportRequest } from '../../contract/audit-events.ts';
import { defineRoute, type Route } from '../../route.ts';
import { type ActorNaming, presentAuditEvents } from './audit-event-view.ts';
import { createExportFormat, type ExportFormat, exportContentTypes } from './export-format.ts';
import { readFilter, visibleTo } from './visible-events.ts';

interface ExportDeps {
  readonly audit: AuditLog;
  readonly actorNames: ActorNaming;
  /** Takes secrets in use out of JSON. */
  readonly scrub: (json: string) => string;
  /** Rows that are in memory at a time. */
  readonly pageSize?: number;
}

/**
 * POST /api/v1/audit-exports. Two rows of the record are about it: one with the filter before any data leaves, one with
 * the number of rows before the answer ends. Where the first cannot be written nothing leaves.
 */
export function createExportAuditEvents(deps: ExportDeps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/audit-exports',
    tag: 'Activity',
    summary: 'Export every event that fits, oldest first; the export is itself recorded',
    access: 'audit:export',
    body: auditExportRequest,
    answer: {
      contentType: exportContentTypes,
      description: 'The events as a file to save, in the format that was asked for. One that breaks off is not whole.',
    },
    async handle({ actor, body: { format: name, ...asked }, response }) {
      const format = createExportFormat(name, deps.scrub);
      const filter = visibleTo(actor, readFilter(asked));
      const record = await beginRecord(deps.audit, actor, { format: name, filter: filter ?? { actorId: actor.id } });
      response.status(200).set({
        'content-type': `${format.contentType}; charset=utf-8`,
        'content-disposition': `attachment; filename="activity-${dayOf(record.begun.at)}.${format.extension}"`,
      });
      await send(response, record, writeEvents({ deps, actor, filter, format, record }));
    },
  });
}

interface ExportRecord {
  readonly begun: AuditEvent;
  /** Tells that so many rows more are on their way. */
  count(rows: number): void;
  /** Writes the closing row, once. */
  end(how: 'complete' | 'broken off'): Promise<void>;
}

async function beginRecord(
  audit: AuditLog,
  actor: Actor,
  asked: { readonly format: string; readonly filter: AuditFilter },
): Promise<ExportRecord> {
  // As with a call, one id joins the row before with the row after.
  const callId = randomUUID();
  const write = (details: Readonly<Record<string, unknown>>, code?: string) =>
    audit.append({
      ...directEvent({ actor, action: 'audit.exported', details, ...(code === undefined ? {} : { code }) }),
      callId,
    });
  const { format, filter } = asked;
  const times = { from: filter.from?.toISOString(), to: filter.to?.toISOString() };
  const begun = await write({ step: 'begun', format, filter: { ...filter, ...times } });
  let rows = 0;
  let ended = false;
  return {
    begun,
    count(more) {
      rows += more;
    },
    async end(how) {
      if (ended) return;
      await write({ step: 'ended', how, rows }, how === 'complete' ? undefined : 'EXPORT_BROKEN_OFF');
      ended = true;
    },
  };
}

interface Writing {
  readonly deps: ExportDeps;
  readonly actor: Actor;
  readonly filter: AuditFilter | null;
  readonly format: ExportFormat;
  readonly record: ExportRecord;
}

/** Text after text, read page by page as the caller takes them; only what was there when the export began. */
async function* writeEvents({ deps, actor, filter, format, record }: Writing): AsyncGenerator<string> {
  const { audit, actorNames, pageSize = 100 } = deps;
  const { organizationId } = actor;
  if (format.head !== '') yield format.head;
  let after = 0;
  while (filter !== null) {
    const page = await audit.read({ organizationId, filter, after, before: record.begun.seq, limit: pageSize });
    const last = page.at(-1);
    if (last === undefined) break;
    const events = await presentAuditEvents(
      actorNames,
      organizationId,
      page.map(({ event }) => event),
    );
    record.count(page.length);
    yield format.rows(events.map((event, place) => ({ event, ...bodyOf(page[place]) })));
    after = last.event.seq;
  }
  // Before the answer ends: whoever has the whole file finds its closing row.
  await record.end('complete');
}

type Page = Awaited<ReturnType<AuditLog['read']>>;

function bodyOf(finding: Page[number] | undefined): Pick<Page[number], 'body' | 'bodyProblem'> {
  return { body: finding?.body ?? null, bodyProblem: finding?.bodyProblem ?? null };
}

async function send(response: ServerResponse, record: ExportRecord, texts: AsyncGenerator<string>): Promise<void> {
  try {
    await pipeline(texts, response);
  } catch (error) {
    await record.end('broken off');
    if (!isClientGone(error)) throw error;
  }
}

function isClientGone(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
