import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';

type Listener = () => void;

/** Tells those who listen that something about approvals or effects may have changed. */
export interface ApprovalHub {
  tell(): void;
  listen(listener: Listener): () => void;
}

const HubContext = createContext<ApprovalHub | null>(null);

export function ApprovalHubArea({ children }: { children: ReactNode }) {
  const [hub] = useState(createHub);
  return <HubContext value={hub}>{children}</HubContext>;
}

export function useApprovalHub(): ApprovalHub | null {
  return useContext(HubContext);
}

/** Calls back whenever something about approvals or effects may have changed, here or elsewhere. */
export function useOnApprovalChange(listener: Listener): void {
  const hub = useApprovalHub();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => hub?.listen(() => latest.current()), [hub]);
}

function createHub(): ApprovalHub {
  const listeners = new Set<Listener>();
  return {
    tell: () => {
      for (const listener of listeners) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
