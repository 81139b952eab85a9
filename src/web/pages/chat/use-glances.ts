import { useEffect, useRef, useState } from 'react';
import { useOnApprovalChange } from '../../approval-hub.tsx';

/** After a change an answer goes on a little later than the change is told. */
const soonAfter = [600, 1_500, 3_000, 6_000, 10_000];
const nowAndThen = 15_000;

/**
 * Looks at the service when something about approvals has changed, here or elsewhere; where something new is `expected`,
 * also some times soon after that, and now and then for as long as the page is looked at.
 */
export function useGlances(
  glance: () => Promise<void>,
  when: { readonly allowed: boolean; readonly expected: boolean },
) {
  const [changes, setChanges] = useState(0);
  const latest = useRef(() => {});
  useEffect(() => {
    latest.current = () => {
      if (when.allowed) void glance();
    };
  });
  useOnApprovalChange(() => {
    latest.current();
    setChanges((count) => count + 1);
  });
  useEffect(() => {
    if (!when.expected) return;
    const soon = changes === 0 ? [] : soonAfter.map((pause) => setTimeout(() => latest.current(), pause));
    const timer = setInterval(() => document.hidden || latest.current(), nowAndThen);
    return () => {
      soon.forEach(clearTimeout);
      clearInterval(timer);
    };
  }, [changes, when.expected]);
}
