import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import type { SessionView } from '#channels/http/contract/session.ts';
import type { Permission } from './account-api.ts';
import { useSessionQuery } from './account-queries.ts';
import { signInRequiredEvent } from './api-client.ts';
import { ErrorState, LoadingPage } from './components/states.tsx';
import { signInPath } from './next-path.ts';

/** A session with a person in it. */
export interface SignedInSession extends SessionView {
  readonly user: NonNullable<SessionView['user']>;
}

/** Set by SignedInArea, and in the widget's frame for a linked member. */
export const SessionContext = createContext<SignedInSession | null>(null);

/** Who is signed in, below the frame of the pages. */
export function useSession(): SignedInSession {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('SignedInArea must stand above what needs a person.');
  return session;
}

/** Answers whether the signed-in person's role holds a permission. The service decides; pages only leave things out. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}

/**
 * The pages for people with an account; everybody else is led to the sign-in. A session that ends while a page is open
 * leaves the page as it is, typed words included, until the same person is back.
 */
export function SignedInArea({
  nobodyYet,
  signInAgain,
}: {
  nobodyYet: ReactNode;
  /** Stands over the page once the session has ended. */
  signInAgain: ((session: SignedInSession) => ReactNode) | null;
}) {
  const { data, error, refetch } = useSessionQuery();
  const location = useLocation();
  const [held, setHeld] = useState<SignedInSession | null>(null);
  if (isSignedIn(data) && data !== held && !isSomebodyElse(held, data)) setHeld(data);
  const ended = held !== null && data !== undefined && !isSignedIn(data);
  const replaced = isSignedIn(data) && isSomebodyElse(held, data);

  useEffect(() => {
    if (ended) window.dispatchEvent(new Event(signInRequiredEvent));
  }, [ended]);
  useEffect(() => {
    // Another tab changed the person or the organization: nothing of the one before may stay on this page.
    if (replaced) window.location.assign('/');
  }, [replaced]);

  if (held !== null) {
    return (
      <SessionContext value={held}>
        <Outlet />
        {signInAgain?.(held)}
      </SessionContext>
    );
  }
  if (data === undefined) {
    if (error === null) return <LoadingPage />;
    return (
      <ErrorState
        heading="h1"
        title="The service does not answer as it should"
        error={error}
        onRetry={() => void refetch()}
      />
    );
  }
  if (data.setUpNeeded) return nobodyYet;
  return <Navigate to={signInPath(location)} replace />;
}

function isSignedIn(session: SessionView | undefined): session is SignedInSession {
  return session !== undefined && session.user !== null;
}

function isSomebodyElse(held: SignedInSession | null, now: SignedInSession): boolean {
  if (held === null) return false;
  return held.user.id !== now.user.id || (held.organization?.id ?? null) !== (now.organization?.id ?? null);
}

/** Takes what was typed and not sent out of this tab: it belongs to the person who leaves. */
export function forgetDrafts(): void {
  try {
    sessionStorage.clear();
  } catch {
    // Without storage there is nothing to forget.
  }
}
