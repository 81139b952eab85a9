import { createContext, type ReactNode, useContext, useState } from 'react';
import { newId } from '../../api-client.ts';

/** A conversation that exists only in this page until its first message was sent. */
interface PendingStart {
  readonly personaId: string;
  readonly text: string;
}

/** Hands the first message from the page where it was written to the conversation's own page. */
interface PendingStartStore {
  add(start: PendingStart): string;
  find(conversationId: string): PendingStart | null;
  remove(conversationId: string): void;
}

const PendingStartContext = createContext<PendingStartStore | null>(null);

export function PendingStarts({ children }: { children: ReactNode }) {
  const [store] = useState(createPendingStartStore);
  return <PendingStartContext value={store}>{children}</PendingStartContext>;
}

export function usePendingStarts(): PendingStartStore {
  const store = useContext(PendingStartContext);
  if (store === null) throw new Error('PendingStarts must stand above the chat pages.');
  return store;
}

function createPendingStartStore(): PendingStartStore {
  const starts = new Map<string, PendingStart>();
  return {
    add(start) {
      const id = newId();
      starts.set(id, start);
      return id;
    },
    find: (id) => starts.get(id) ?? null,
    remove: (id) => void starts.delete(id),
  };
}
