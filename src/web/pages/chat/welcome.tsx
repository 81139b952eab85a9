import { useQueryClient } from '@tanstack/react-query';
import { PartyPopper, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { IconButton } from '../../components/button.tsx';
import { queryKeys } from '../../queries.ts';
import { useSession } from '../../session.tsx';

/** A few words for whoever has just made their account; gone once they are read. */
export function Welcome() {
  const { state } = useLocation() as { state: { welcome?: boolean } | null };
  const { user, organization, organizations } = useSession();
  const [shown, setShown] = useState(state?.welcome === true);
  useFillingDemo(shown && organization?.isDemo === true);
  if (!shown) return null;
  const own = organizations.find((one) => !one.isDemo);
  return (
    <section aria-label="Welcome" className="flex items-start gap-3 rounded-xl bg-accent-soft py-3 ps-4 pe-2">
      <PartyPopper className="mt-1 size-5 shrink-0 text-accent" aria-hidden />
      <div className="grid min-w-0 flex-1 gap-1 py-0.5 text-pretty wrap-anywhere">
        <h2 className="font-semibold">Welcome, {user.name}</h2>
        {organization?.isDemo === true ? (
          <p>
            This is the demo organization: everything in it works on sample data. Ask one of the personas below, decide
            in Approvals on what they have to ask you, and look in Activity at what was done.
            {own !== undefined &&
              ` Your own organization, ${own.name}, is in the list where it says ${organization.name}.`}
          </p>
        ) : (
          <p>{organization?.name} is yours. Ask a persona, or invite colleagues under Settings, Members.</p>
        )}
      </div>
      <IconButton label="Close the welcome" onClick={() => setShown(false)}>
        <X className="size-4" aria-hidden />
      </IconButton>
    </section>
  );
}

/** The demo organization is filled while the newcomer reads: what arrives is shown as it does. */
function useFillingDemo(filling: boolean): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (!filling) return;
    let left = 8;
    const timer = setInterval(() => {
      left -= 1;
      if (left <= 0) clearInterval(timer);
      void queryClient.invalidateQueries({ queryKey: queryKeys.conversations });
    }, 2_500);
    return () => clearInterval(timer);
  }, [filling, queryClient]);
}
