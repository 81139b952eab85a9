import { useEffect, useRef } from 'react';

const pauseBeforeReconnecting = 4_000;

/** Tries again while the service cannot be reached: every few seconds, and as soon as the browser is online. */
export function useReconnect(retry: (() => void) | null): void {
  const latest = useRef(retry);
  useEffect(() => {
    latest.current = retry;
  });
  const lost = retry !== null;
  useEffect(() => {
    if (!lost) return;
    const again = () => latest.current?.();
    const timer = setInterval(again, pauseBeforeReconnecting);
    window.addEventListener('online', again);
    return () => {
      clearInterval(timer);
      window.removeEventListener('online', again);
    };
  }, [lost]);
}
