import {
  createContext,
  type ReactNode,
  type RefObject,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useNavigate } from 'react-router';
import { ConfirmDialog } from './confirm-dialog.tsx';

type OnPop = (event: PopStateEvent) => void;

const PopContext = createContext<RefObject<OnPop | null> | null>(null);

/**
 * Stands right inside the router, so that it hears of the browser's way back before the router does: window listeners
 * are called in the order they were added, and a child's effects run first.
 */
export function HistoryWatch({ children }: { children: ReactNode }) {
  const current = useRef<OnPop | null>(null);
  useLayoutEffect(() => {
    const onPop: OnPop = (event) => current.current?.(event);
    window.addEventListener('popstate', onPop);
    return () => window.removeEventListener('popstate', onPop);
  }, []);
  return <PopContext value={current}>{children}</PopContext>;
}

/** Asks before a link, the browser's way back or a closed tab throws unsaved changes away. */
export function LeaveGuard({ active, onDiscard }: { active: boolean; onDiscard: () => void }) {
  const navigate = useNavigate();
  const [leave, setLeave] = useState<(() => void) | null>(null);
  const open = useRef(false);
  const pops = useContext(PopContext);
  useEffect(() => {
    if (!active || pops === null) return;
    open.current = false;
    const stop = [
      watchLinks(open, (to) => setLeave(() => () => void navigate(to))),
      watchHistory({ door: open, pops }, (go) => setLeave(() => go)),
      watchTab(open),
    ];
    return () => {
      for (const end of stop) end();
    };
  }, [active, navigate, pops]);
  return (
    <ConfirmDialog
      open={leave !== null}
      title="Leave without saving?"
      submit="Discard changes"
      sending="Leaving…"
      onClose={() => setLeave(null)}
      onConfirm={() => {
        open.current = true;
        onDiscard();
        leave?.();
      }}
    >
      <p>What you changed here was not saved yet and would be lost.</p>
    </ConfirmDialog>
  );
}

interface Door {
  /** True once the person has said that they want to go. */
  readonly current: boolean;
}

function watchLinks(door: Door, ask: (to: string) => void): () => void {
  const onClick = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (door.current || !(link instanceof HTMLAnchorElement) || !leadsElsewhere(event, link)) return;
    event.preventDefault();
    event.stopPropagation();
    ask(link.pathname + link.search + link.hash);
  };
  // Before the page's own handlers, which would be gone by the time the person has answered.
  document.addEventListener('click', onClick, true);
  return () => document.removeEventListener('click', onClick, true);
}

/** A link that would replace this page in this tab; what opens elsewhere loses nothing. */
function leadsElsewhere(event: MouseEvent, link: HTMLAnchorElement): boolean {
  const opensBeside = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (opensBeside || link.target === '_blank' || link.hasAttribute('download')) return false;
  return link.origin === location.origin && link.pathname !== location.pathname;
}

/** The browser has gone back by the time it tells: so the page goes forward again and asks. */
function watchHistory(
  { door, pops }: { door: Door; pops: RefObject<OnPop | null> },
  ask: (go: () => void) => void,
): () => void {
  const here = placeOf(history.state);
  let returning = false;
  pops.current = (event) => {
    const there = placeOf(event.state);
    if (door.current || here === null || there === null) return;
    event.stopImmediatePropagation();
    if (returning || there === here) {
      returning = false;
      return;
    }
    returning = true;
    history.go(here - there);
    ask(() => history.go(there - here));
  };
  return () => {
    pops.current = null;
  };
}

/** The router numbers the places of this tab's history. */
function placeOf(state: unknown): number | null {
  if (typeof state !== 'object' || state === null || !('idx' in state)) return null;
  return typeof state.idx === 'number' ? state.idx : null;
}

function watchTab(door: Door): () => void {
  const onUnload = (event: BeforeUnloadEvent) => {
    if (!door.current) event.preventDefault();
  };
  window.addEventListener('beforeunload', onUnload);
  return () => window.removeEventListener('beforeunload', onUnload);
}
