import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { ApprovalCountView } from '#channels/http/contract/approvals.ts';
import { ApprovalHubArea } from './approval-hub.tsx';
import { setApprovalCount, useRefreshApprovals } from './approval-queries.ts';
import { useMay, useSession } from './session.tsx';

const address = '/api/v1/approval-events';
/** The browser reconnects by itself after a cut; this is for answers after which it gives up. */
const pauseBeforeOpening = 10_000;

/** Keeps everything about approvals as it is, wherever a decision was made, below what is signed in. */
export function ApprovalEvents({ children }: { children: ReactNode }) {
  const { organization } = useSession();
  const may = useMay();
  return (
    <ApprovalHubArea>
      {organization !== null && may('approvals:read') && <Connection />}
      {children}
    </ApprovalHubArea>
  );
}

/** A component of its own, so that nothing else is drawn anew when the connection comes and goes. */
function Connection() {
  const queryClient = useQueryClient();
  const refresh = useRefreshApprovals();
  useEffect(
    () =>
      keepOpen((count) => {
        refresh();
        setApprovalCount(queryClient, count);
      }),
    [queryClient, refresh],
  );
  return null;
}

/**
 * One connection while the page is looked at. A hidden page lets go of it: a browser has only six for one site, and seven
 * pages in tabs would leave none for anything else.
 */
function keepOpen(onCount: (count: ApprovalCountView) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener('approvals', (event) => {
      const count = readCount(event.data);
      if (count !== null) onCount(count);
    });
    opened.addEventListener('error', () => {
      if (source === opened && opened.readyState === EventSource.CLOSED) timer = setTimeout(open, pauseBeforeOpening);
    });
  };
  open();
  document.addEventListener('visibilitychange', open);
  return () => {
    document.removeEventListener('visibilitychange', open);
    close();
  };
}

function readCount(data: unknown): ApprovalCountView | null {
  try {
    const { pending } = JSON.parse(String(data)) as Partial<ApprovalCountView>;
    return typeof pending === 'number' ? { pending } : null;
  } catch {
    return null;
  }
}
