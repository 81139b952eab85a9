import type { ReactNode } from 'react';
import { Button } from '../../components/button.tsx';
import { Bar, ErrorState, Skeleton } from '../../components/states.tsx';

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
