import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type Location, useLocation, useNavigate } from 'react-router';
import { signInRequiredEvent } from './api-client.ts';
import { signInPath } from './next-path.ts';
import { SignInCard } from './pages/sign-in/sign-in-page.tsx';
import { forgetDrafts } from './session.tsx';

/** Pages that need nobody to be signed in; they say themselves what went wrong. */
const publicPages = /^\/(set-up|sign-in|sign-up|invitations?|forgot-password|reset-password)(\/|$)/;

/**
 * Follows the end of the session: the address becomes that of the sign-in page, and the page left is returned, to be
 * kept standing behind it. Null while nothing is kept.
 */
export function usePageBehind(): Location | null {
  const location = useLocation();
  const navigate = useNavigate();
  const [behind, setBehind] = useState<Location | null>(null);
  useEffect(() => {
    const onRequired = () => {
      if (publicPages.test(location.pathname)) return;
      setBehind(location);
      void navigate(signInPath(location), { replace: true });
    };
    window.addEventListener(signInRequiredEvent, onRequired);
    return () => window.removeEventListener(signInRequiredEvent, onRequired);
  }, [location, navigate]);
  return location.pathname === '/sign-in' ? behind : null;
}

/** The sign-in over the page that was left. The same person goes on in it; for anybody else everything begins anew. */
export function SignInAgain({ userId }: { userId: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // Of the page behind, not of the sign-in that stands in the address.
  const { pathname, search, hash } = useLocation();
  useEffect(() => dialog.current?.showModal(), []);
  const goOn = async (signedInAs: string | null) => {
    const next = pathname + search + hash;
    if (signedInAs !== userId) {
      forgetDrafts();
      window.location.assign(next);
      return;
    }
    await navigate(next, { replace: true });
    void queryClient.invalidateQueries();
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="sign-in-heading"
      onCancel={(event) => event.preventDefault()}
      // Browsers let a second Escape through; the page behind is of no use without a session.
      onClose={() => dialog.current?.showModal()}
      className="m-0 h-dvh max-h-none w-screen max-w-none bg-canvas"
    >
      <SignInCard remark="You were signed out. Sign in again: what you were doing is still there." onSignedIn={goOn} />
    </dialog>
  );
}
