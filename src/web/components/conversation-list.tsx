import { Hand, LoaderCircle } from 'lucide-react';
import { NavLink } from 'react-router';
import type { ConversationView } from '#channels/http/contract/conversations.ts';
import { formatMoment, formatShort } from '../format.ts';
import { useConversations, useNames } from '../queries.ts';
import { Button } from './button.tsx';
import { Bar, Skeleton } from './states.tsx';

/** Every conversation, newest activity first. `onChoose` lets a drawer close itself. */
export function ConversationList({ onChoose }: { onChoose?: () => void }) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useConversations();
  const names = useNames();
  if (data === undefined && error === null) return <LoadingList />;
  if (data === undefined) {
    return (
      <div role="alert" className="grid gap-2 px-3 py-2 text-ink-2 text-xs">
        Conversations could not be loaded.
        <Button onClick={() => void refetch()}>Try again</Button>
      </div>
    );
  }
  const items = data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="px-3 py-2 text-ink-3 text-xs">What you ask a persona is kept here.</p>;
  return (
    <>
      <ul className="grid gap-0.5">
        {items.map((item) => (
          <li key={item.id}>
            <ConversationLink item={item} persona={names.persona(item.personaId)} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          look="quiet"
          className="mt-1 w-full text-xs"
          disabled={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {isFetchingNextPage ? 'Loading…' : 'Show older conversations'}
        </Button>
      )}
    </>
  );
}

function ConversationLink({
  item,
  persona,
  onChoose,
}: {
  item: ConversationView;
  persona: string;
  onChoose: (() => void) | undefined;
}) {
  return (
    <NavLink
      to={`/c/${item.id}`}
      onClick={onChoose}
      className={({ isActive }) =>
        `grid min-h-11 content-center gap-0.5 rounded-lg px-3 py-1.5 hover:bg-sunken ${isActive ? 'bg-accent-soft hover:bg-accent-soft' : ''}`
      }
    >
      <span className="truncate" title={item.title}>
        {item.title}
      </span>
      <span className="flex items-center gap-1.5 text-2xs text-ink-3">
        <span className="truncate">{persona}</span>
        <span aria-hidden>·</span>
        <ItemState item={item} />
      </span>
    </NavLink>
  );
}

function ItemState({ item }: { item: ConversationView }) {
  if (item.running) {
    return (
      <span className="inline-flex shrink-0 items-center gap-1 text-accent">
        <LoaderCircle className="size-3 animate-spin" aria-hidden />
        answering
      </span>
    );
  }
  if (item.waiting) {
    return (
      <span className="inline-flex shrink-0 items-center gap-1 font-medium text-warn">
        <Hand className="size-3" aria-hidden />
        waits for a decision
      </span>
    );
  }
  return (
    <time dateTime={item.updatedAt} title={formatMoment(item.updatedAt)} className="shrink-0">
      {formatShort(item.updatedAt)}
    </time>
  );
}

function LoadingList() {
  return (
    <Skeleton label="Loading conversations">
      <div className="grid gap-4 px-3 py-2">
        {['w-10/12', 'w-7/12', 'w-9/12', 'w-8/12'].map((width) => (
          <Bar key={width} className={`h-4 ${width}`} />
        ))}
      </div>
    </Skeleton>
  );
}
