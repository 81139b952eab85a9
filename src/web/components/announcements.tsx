import { Check, TriangleAlert } from 'lucide-react';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react';

type Announce = (text: string, tone?: 'good' | 'bad') => void;

const AnnounceContext = createContext<Announce | null>(null);

/** Says that something was done or refused, to eyes and to screen readers, wherever the person is by then. */
export function useAnnounce(): Announce {
  const announce = useContext(AnnounceContext);
  if (announce === null) throw new Error('Announcements must stand above what announces.');
  return announce;
}

export function Announcements({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<{ readonly text: string; readonly bad: boolean; readonly turn: number } | null>(
    null,
  );
  const announce = useCallback<Announce>(
    (text, tone = 'good') => setSaid((last) => ({ text, bad: tone === 'bad', turn: (last?.turn ?? 0) + 1 })),
    [],
  );
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), 7_000);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div
        role="status"
        className="pointer-events-none fixed inset-x-0 bottom-18 z-10 flex justify-center px-3 md:bottom-5"
      >
        {said !== null && (
          <p
            key={said.turn}
            className="flex max-w-md items-start gap-2 rounded-lg border border-line bg-surface px-3.5 py-2.5 shadow-high wrap-anywhere"
          >
            {said.bad ? (
              <TriangleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
            ) : (
              <Check className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
            )}
            {said.text}
          </p>
        )}
      </div>
    </AnnounceContext>
  );
}
