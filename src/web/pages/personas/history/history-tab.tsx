import { FileClock, History, LoaderCircle, Undo2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { PersonaDefinition, PersonaDetailView, RevisionView } from '#channels/http/contract/personas.ts';
import { Button } from '../../../components/button.tsx';
import { inputClass } from '../../../components/field.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../../components/states.tsx';
import { formatMoment, formatShort } from '../../../format.ts';
import { useRevisions } from '../api.ts';
import { compareDefinitions, type DiffNames, nameChanges } from '../definition-diff.ts';
import { DiffView } from '../diff-view.tsx';
import { changeWords } from '../persona-words.ts';
import { useDiffNames } from '../use-diff-names.ts';
import { limitsNamed } from '../use-limit-names.ts';
import { RevertDialog } from './revert-dialog.tsx';

/** Who changed what and when; any two revisions side by side; and the way back. */
export function HistoryTab({ detail }: { detail: PersonaDetailView }) {
  const { persona } = detail;
  const inFile = persona.file !== null;
  const query = useRevisions(persona.id, !inFile);
  const limits = useMemo(() => allLimits(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  const names = useDiffNames(persona.id, limits);
  if (inFile) {
    return (
      <EmptyState icon={FileClock} title="Its history is that of its file">
        Keep <code className="wrap-anywhere">{persona.file}</code> in version control to see who changed what. A copy
        made with Duplicate has its history here.
      </EmptyState>
    );
  }
  if (query.data === undefined) {
    if (query.error === null) return <LoadingHistory />;
    return (
      <ErrorState title="The history could not be loaded" error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  const revisions = query.data.pages.flatMap((page) => page.items);
  if (revisions.length === 0) return <EmptyState icon={History} title="Nothing is recorded yet" />;
  return (
    <Revisions
      detail={detail}
      revisions={revisions}
      names={names}
      more={query.hasNextPage ? { loading: query.isFetchingNextPage, onMore: () => void query.fetchNextPage() } : null}
    />
  );
}

/** Every id of another service that any of the revisions names. */
function allLimits(revisions: readonly RevisionView[]): PersonaDefinition['limits'] {
  const of = (level: 'teams' | 'databases' | 'tables') => [
    ...new Set(revisions.flatMap(({ definition }) => limitsNamed(definition)[level] ?? [])),
  ];
  return { teams: of('teams'), databases: of('databases'), tables: of('tables') };
}

interface RevisionsProps {
  readonly detail: PersonaDetailView;
  readonly revisions: readonly RevisionView[];
  readonly names: DiffNames;
  readonly more: { readonly loading: boolean; readonly onMore: () => void } | null;
}

function Revisions({ detail, revisions, names, more }: RevisionsProps) {
  const [search, setSearch] = useSearchParams();
  const [goingBack, setGoingBack] = useState<RevisionView | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [newest] = revisions;
  const find = (text: string | null) => revisions.find(({ revision }) => String(revision) === text);
  const to = find(search.get('to')) ?? newest;
  const from =
    find(search.get('from')) ?? revisions[revisions.findIndex((one) => one.revision === to?.revision) + 1] ?? to;
  const compare = (older: number, newer: number) => {
    setSearch({ from: String(older), to: String(newer) }, { replace: true });
  };
  if (to === undefined || from === undefined || newest === undefined) return null;
  return (
    <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <section aria-labelledby="revisions-heading" className="grid min-w-0 gap-2">
        <h2 id="revisions-heading" className="font-semibold">
          Revisions
        </h2>
        <ol aria-label="Revisions" className="divide-y divide-line rounded-xl border border-line bg-surface">
          {revisions.map((revision, index) => (
            <RevisionRow
              key={revision.revision}
              revision={revision}
              before={revisions[index + 1]}
              names={names}
              shown={revision === to}
              onShow={(before) => {
                compare(before.revision, revision.revision);
                heading.current?.focus();
              }}
              onGoBack={detail.editable && revision !== newest ? () => setGoingBack(revision) : null}
            />
          ))}
        </ol>
        {more !== null && (
          <Button look="quiet" disabled={more.loading} onClick={more.onMore}>
            {more.loading && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
            Show older revisions
          </Button>
        )}
      </section>
      <section aria-labelledby="compare-heading" className="grid min-w-0 grid-cols-1 gap-3">
        <h2 ref={heading} id="compare-heading" tabIndex={-1} className="font-semibold outline-none">
          Compare
        </h2>
        <div className="flex flex-wrap items-end gap-3">
          <Choose label="From" value={from} revisions={revisions} onChange={(next) => compare(next, to.revision)} />
          <Choose label="To" value={to} revisions={revisions} onChange={(next) => compare(from.revision, next)} />
        </div>
        <Difference from={from} to={to} names={names} />
      </section>
      <RevertDialog detail={detail} to={goingBack} newest={newest} names={names} onClose={() => setGoingBack(null)} />
    </div>
  );
}

function Difference({ from, to, names }: { from: RevisionView; to: RevisionView; names: DiffNames }) {
  const changes = useMemo(() => compareDefinitions(from.definition, to.definition, names), [from, to, names]);
  if (from.revision === to.revision) {
    return <p className="text-ink-2">Choose two different revisions to see what differs.</p>;
  }
  return <DiffView label={`Revision ${from.revision} against revision ${to.revision}`} changes={changes} />;
}

function RevisionRow({
  revision,
  before,
  names,
  shown,
  onShow,
  onGoBack,
}: {
  revision: RevisionView;
  before: RevisionView | undefined;
  names: DiffNames;
  shown: boolean;
  onShow: (before: RevisionView) => void;
  onGoBack: (() => void) | null;
}) {
  const changed = useMemo(
    () => (before === undefined ? [] : nameChanges(compareDefinitions(before.definition, revision.definition, names))),
    [before, revision, names],
  );
  return (
    <li className={`grid gap-1 p-3 ${shown ? 'bg-accent-soft' : ''} first:rounded-t-xl last:rounded-b-xl`}>
      <p className="font-medium">
        Revision {revision.revision}
        <span className="font-normal text-ink-2">
          {' · '}
          {changeWords[revision.change]}
          {revision.revertedTo !== null && ` to revision ${revision.revertedTo}`}
        </span>
      </p>
      <p className="text-ink-2 text-xs wrap-anywhere">
        {revision.changedBy}, <time dateTime={revision.changedAt}>{formatMoment(revision.changedAt)}</time>
      </p>
      {changed.length > 0 && <p className="text-xs wrap-anywhere">Changed: {changed.join(', ')}</p>}
      <div className="-ms-2 flex flex-wrap gap-1">
        {before !== undefined && (
          <Button
            look="quiet"
            className="px-2! text-xs"
            aria-label={`Show what revision ${revision.revision} changed`}
            onClick={() => onShow(before)}
          >
            Show what changed
          </Button>
        )}
        {onGoBack !== null && (
          <Button
            look="quiet"
            className="px-2! text-xs"
            aria-label={`Go back to revision ${revision.revision}`}
            onClick={onGoBack}
          >
            <Undo2 className="size-3.5" aria-hidden />
            Go back to this
          </Button>
        )}
      </div>
    </li>
  );
}

function Choose({
  label,
  value,
  revisions,
  onChange,
}: {
  label: string;
  value: RevisionView;
  revisions: readonly RevisionView[];
  onChange: (revision: number) => void;
}) {
  return (
    <label className="grid min-w-0 flex-1 basis-40 gap-1 text-ink-2 text-xs">
      {label}
      <select value={value.revision} onChange={(event) => onChange(Number(event.target.value))} className={inputClass}>
        {revisions.map(({ revision, changedBy, changedAt }) => (
          <option key={revision} value={revision}>
            Revision {revision}, {changedBy}, {formatShort(changedAt)}
          </option>
        ))}
      </select>
    </label>
  );
}

function LoadingHistory() {
  return (
    <Skeleton label="Loading the history">
      <div className="grid gap-6 lg:grid-cols-[20rem_1fr]">
        <Bar className="h-64 rounded-xl" />
        <Bar className="h-64 rounded-xl" />
      </div>
    </Skeleton>
  );
}
