import { ArrowRight, ChevronRight, TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import type { ChangePlanView } from '#channels/http/contract/approvals.ts';
import { formatCount } from '../../format.ts';
import { describeRecord, isChanged, readable, readableOrEmpty } from './approval-words.ts';

type Target = ChangePlanView['targets'][number];
type PlannedRecord = ChangePlanView['records'][number];

/** What would happen, in the server's words: warnings first, then where, then what is there now and what it becomes. */
export function PlanView({
  plan,
  moment,
  isUndo = false,
}: {
  plan: ChangePlanView;
  /** Of which moment the fields are. */
  moment: string;
  /** Then the warnings are what it cannot bring back, or leaves. */
  isUndo?: boolean;
}) {
  const { targets, records, count, warnings } = plan;
  return (
    <div className="grid grid-cols-1 gap-3">
      {targets.length > 0 && <Breadcrumb targets={targets} />}
      {warnings.length > 0 && <Warnings warnings={warnings} title={isUndo ? 'Will not be as before' : null} />}
      {records.map((record, index) => (
        <RecordView key={record.id ?? `new ${index}`} record={record} alone={records.length === 1} moment={moment} />
      ))}
      {count > records.length && records.length > 0 && (
        <p className="text-ink-2">
          And {formatCount(count - records.length)} more that {count - records.length === 1 ? 'is' : 'are'} not listed
          here: {formatCount(count)} in all.
        </p>
      )}
    </div>
  );
}

const levelWords: Readonly<Record<Target['level'], string>> = {
  team: 'Team',
  database: 'Database',
  table: 'Table',
  record: 'Record',
  channel: 'Channel',
  recipient: 'To',
  server: 'Server',
  operation: 'Operation',
};

/** Where it happens, by name; the ids small, for whoever compares them. */
export function Breadcrumb({ targets, label = 'Where' }: { targets: readonly Target[]; label?: string }) {
  return (
    <ol aria-label={label} className="flex flex-wrap items-start gap-x-1.5 gap-y-2">
      {targets.map(({ level, id, name }, index) => (
        <li key={`${level} ${id}`} className="flex min-w-0 items-start gap-1.5">
          {index > 0 && <ChevronRight className="mt-4 size-3.5 shrink-0 text-ink-3" aria-hidden />}
          <span className="grid min-w-0">
            <span className="text-2xs text-ink-3">{levelWords[level]}</span>
            <span className="wrap-anywhere font-medium">{name ?? id}</span>
            {name !== null && <code className="wrap-anywhere font-mono text-2xs text-ink-3">{id}</code>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Warnings({ warnings, title }: { warnings: readonly string[]; title: string | null }) {
  return (
    <div className="grid gap-1.5 rounded-lg bg-warn-soft px-3 py-2.5">
      {title !== null && <p className="font-semibold">{title}</p>}
      <ul aria-label={title ?? 'Warnings'} className="grid gap-1.5">
        {warnings.map((warning) => (
          <li key={warning} className="flex gap-2.5">
            <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden />
            <span className="min-w-0 wrap-anywhere font-medium text-pretty">{warning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One record as it stood when it was looked up, or as it becomes. Several are closed at first, so that the buttons stay in reach. */
function RecordView({ record, alone, moment }: { record: PlannedRecord; alone: boolean; moment: string }) {
  const id = useId();
  return (
    <details open={alone} className="group rounded-lg border border-line">
      <summary className="flex min-h-9 pointer-coarse:min-h-11 items-center gap-2 px-3 py-1.5 hover:bg-sunken">
        <ChevronRight className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90" aria-hidden />
        <span id={id} className="min-w-0 flex-1 wrap-anywhere">
          <span className="font-semibold">{record.title}</span>{' '}
          <span className="text-ink-3 text-xs">{describeRecord(record, moment)}</span>
        </span>
      </summary>
      {record.fields.length === 0 ? (
        <p className="border-line border-t px-3 py-2 text-ink-2">It has no fields with a value.</p>
      ) : (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          aria-labelledby={id}
          className="max-h-72 overflow-y-auto border-line border-t"
        >
          <table className="w-full table-fixed border-collapse text-start">
            <caption className="sr-only">
              The fields of {record.title}
              {isChanged(record) && ', each with what stands there now and what it becomes'}
            </caption>
            <tbody>
              {record.fields.map(({ name, value, before }) => (
                <tr key={name} className="border-line not-last:border-b align-top">
                  <th scope="row" className="wrap-anywhere w-2/5 px-3 py-1.5 text-start font-normal text-ink-2">
                    {name}
                  </th>
                  <td className="wrap-anywhere whitespace-pre-wrap px-3 py-1.5">
                    {before === undefined ? readable(value) : <Change before={before} after={value} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

/** Below each other, so that both are read on a phone as well. */
function Change({ before, after }: { before: unknown; after: unknown }) {
  return (
    <span className="grid gap-0.5">
      <del className="text-ink-3">
        <span className="sr-only">Now: </span>
        {readableOrEmpty(before)}
      </del>
      <ins className="flex gap-1.5 font-medium no-underline">
        <ArrowRight className="mt-1 size-3.5 shrink-0 text-ink-3" aria-hidden />
        <span className="min-w-0">
          <span className="sr-only">Becomes: </span>
          {readableOrEmpty(after)}
        </span>
      </ins>
    </span>
  );
}
