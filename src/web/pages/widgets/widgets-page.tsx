import { ChevronRight, MessageCircleDashed, Plus } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { Button } from '../../components/button.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { useNames } from '../../queries.ts';
import { useWidgets } from './api.ts';
import { CreateWidgetDialog } from './create-widget-dialog.tsx';
import { StateMark } from './state-mark.tsx';

export function WidgetsPage() {
  const [creating, setCreating] = useState(false);
  const create = (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus className="size-4" aria-hidden />
      New widget
    </Button>
  );
  return (
    <div className="h-full overflow-y-auto">
      <title>Widgets – Personas for Ninox</title>
      <div className="mx-auto grid max-w-4xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
        <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div className="grid min-w-0 flex-1 basis-80 gap-1">
            <h1 className="font-semibold text-xl tracking-tight">Widgets</h1>
            <p className="max-w-2xl text-ink-2 text-pretty">
              A widget puts a chat with one persona on a web site of yours, by one line in its pages.
            </p>
          </div>
          {create}
        </header>
        <WidgetList />
      </div>
      <CreateWidgetDialog open={creating} onClose={() => setCreating(false)} />
    </div>
  );
}

function WidgetList() {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useWidgets();
  if (data === undefined) {
    if (error === null) return <LoadingWidgets />;
    return <ErrorState title="The widgets could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  if (data.length === 0) {
    return (
      <EmptyState icon={MessageCircleDashed} title="There is no widget yet">
        Make one, say which sites it may stand on, and put its line into their pages. Visitors are guests: what a
        persona does for them is set in its editor, and it only ever reads.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Widgets" className="divide-y divide-line rounded-xl border border-line bg-surface shadow-card">
        {data.map((widget) => (
          <li key={widget.id}>
            <WidgetRow widget={widget} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button className="justify-self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show more'}
        </Button>
      )}
    </>
  );
}

function WidgetRow({ widget }: { widget: WidgetView }) {
  const names = useNames();
  const { id, name, personaId, origins, problems } = widget;
  const [first, ...others] = origins;
  return (
    <Link to={`/widgets/${id}`} className="flex items-center gap-3 px-4 py-3 hover:bg-sunken">
      <span className="grid min-w-0 flex-1 gap-1">
        <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-semibold wrap-anywhere">{name}</span>
          <StateMark widget={widget} />
        </span>
        <span className="text-ink-2 text-xs wrap-anywhere">
          {names.persona(personaId)}
          {first !== undefined && ` · ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`}
        </span>
        {widget.isOn && problems[0] !== undefined && (
          <span className="text-warn text-xs text-pretty">{problems[0]}</span>
        )}
      </span>
      <ChevronRight className="size-4 shrink-0 text-ink-3" aria-hidden />
    </Link>
  );
}

function LoadingWidgets() {
  return (
    <Skeleton label="Loading the widgets">
      <div className="grid gap-3">
        <Bar className="h-16 rounded-xl" />
        <Bar className="h-16 rounded-xl" />
      </div>
    </Skeleton>
  );
}
