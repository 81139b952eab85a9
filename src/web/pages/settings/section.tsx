import { type ReactNode, useId } from 'react';
import { Button } from '../../components/button.tsx';
import { Bar, ErrorState, Skeleton } from '../../components/states.tsx';

/** One thing to set, in a card of its own. */
export function Section({
  title,
  intro,
  action,
  children,
}: {
  title: string;
  intro?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}) {
  const headingId = useId();
  return (
    <section
      aria-labelledby={headingId}
      className="grid grid-cols-1 gap-4 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 max-w-xl flex-1 basis-64 gap-1">
          <h2 id={headingId} className="font-semibold text-base">
            {title}
          </h2>
          {intro !== undefined && <p className="text-ink-2 text-pretty">{intro}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}

interface ListState<Item> {
  readonly data: readonly Item[] | undefined;
  readonly error: Error | null;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  refetch(): unknown;
  fetchNextPage(): unknown;
}

/** A list of the service in each of its states: loading, failed, empty, and with more to come. */
export function Rows<Item extends { readonly id: string }>({
  label,
  list,
  empty,
  children,
}: {
  label: string;
  list: ListState<Item>;
  empty: ReactNode;
  children: (item: Item) => ReactNode;
}) {
  const { data, error } = list;
  if (data === undefined) {
    if (error !== null)
      return <ErrorState title="This list could not be loaded" error={error} onRetry={() => void list.refetch()} />;
    return (
      <Skeleton label={`Loading: ${label}`}>
        <div className="grid gap-4 py-1">
          <Bar className="h-9 w-full" />
          <Bar className="h-9 w-full" />
        </div>
      </Skeleton>
    );
  }
  if (data.length === 0) return <div className="rounded-lg bg-sunken px-3.5 py-3 text-ink-2 text-pretty">{empty}</div>;
  return (
    <>
      <ul aria-label={label} className="divide-y divide-line border-line border-y">
        {data.map((item) => (
          <li key={item.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            {children(item)}
          </li>
        ))}
      </ul>
      {list.hasNextPage && (
        <Button
          className="justify-self-start"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {list.isFetchingNextPage ? 'Loading…' : 'Show more'}
        </Button>
      )}
    </>
  );
}

/** The words of a row: what it is, and a smaller line about it. */
export function RowText({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="grid min-w-0 flex-1 basis-52 gap-0.5">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium wrap-anywhere">{title}</p>
      {children !== undefined && <div className="text-ink-2 text-xs wrap-anywhere">{children}</div>}
    </div>
  );
}

const tones = {
  plain: 'bg-sunken text-ink-2',
  accent: 'bg-accent-soft text-accent',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
} as const;

export function Mark({ tone = 'plain', children }: { tone?: keyof typeof tones; children: ReactNode }) {
  return <span className={`shrink-0 rounded-md px-1.5 py-0.5 font-medium text-2xs ${tones[tone]}`}>{children}</span>;
}
