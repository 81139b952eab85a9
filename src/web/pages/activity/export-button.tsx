import { CircleCheck, Download, LoaderCircle, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { type AuditQuery, describeError } from '../../api-client.ts';
import { Button } from '../../components/button.tsx';
import { Popover } from '../../components/popover.tsx';
import { formatCount } from '../../format.ts';
import type { ExportFormat } from './count-rows.ts';
import { type ExportState, useExport } from './use-export.ts';

const formats: readonly { readonly format: ExportFormat; readonly title: string; readonly explanation: string }[] = [
  { format: 'csv', title: 'Table (CSV)', explanation: 'For Excel and other spreadsheets.' },
  { format: 'jsonl', title: 'JSON Lines', explanation: 'One event a line, exactly as recorded. For programs.' },
];

/** Saves everything that fits the filters as a file. */
export function ExportButton({ query, filtered }: { query: AuditQuery; filtered: boolean }) {
  const [format, setFormat] = useState<ExportFormat>('csv');
  const { state, start, stop } = useExport();
  const running = state.step === 'running';
  return (
    <Popover
      label="Export activity"
      look="secondary"
      className="text-xs"
      trigger={
        <>
          {running ? (
            <LoaderCircle className="size-4 animate-spin" aria-hidden />
          ) : (
            <Download className="size-4" aria-hidden />
          )}
          {running ? 'Exporting' : 'Export'}
        </>
      }
    >
      <div className="grid gap-3">
        <p className="text-pretty">
          {filtered ? 'Every event that fits the filters' : 'Every event'}, both rows of each call, with prompts and
          answers; oldest first. The export is recorded here as well.
        </p>
        <fieldset disabled={running} className="grid gap-1">
          <legend className="pb-1 font-semibold text-ink-2 text-xs">Format</legend>
          {formats.map((choice) => (
            <label key={choice.format} className="flex min-h-9 items-start gap-2 py-1 pointer-coarse:min-h-11">
              <input
                type="radio"
                name="export-format"
                checked={format === choice.format}
                onChange={() => setFormat(choice.format)}
                className="mt-0.5 size-4 accent-accent"
              />
              <span>
                <span className="font-medium">{choice.title}</span>
                <span className="block text-ink-2 text-xs">{choice.explanation}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Progress state={state} />
        {running ? (
          <Button onClick={stop}>Stop</Button>
        ) : (
          <Button look="primary" onClick={() => start(format, query)}>
            {state.step === 'failed' ? 'Try again' : 'Save as a file'}
          </Button>
        )}
      </div>
    </Popover>
  );
}

function Progress({ state }: { state: ExportState }) {
  return (
    <div role="status" className="empty:hidden">
      {state.step === 'running' && (
        <p>
          {eventsOf(state.events)} so far ({formatBytes(state.bytes)})
        </p>
      )}
      {state.step === 'saved' && (
        <p className="flex gap-2">
          <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
          <span className="wrap-anywhere">
            {eventsOf(state.events)} saved as {state.fileName}
          </span>
        </p>
      )}
      {state.step === 'stopped' && <p>Stopped. Nothing was saved.</p>}
      {state.step === 'failed' && (
        <p className="flex gap-2">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
          <span>Nothing was saved. {describeError(state.error)}</span>
        </p>
      )}
    </div>
  );
}

function eventsOf(count: number): string {
  return count === 1 ? '1 event' : `${formatCount(count)} events`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
