import { useCallback, useState } from 'react';

/** The text in a composer; kept for this tab, so that a reload or a visit elsewhere does not lose it. */
export function useDraft(key: string) {
  const storageKey = `draft:${key}`;
  const [draft, setState] = useState(() => readDraft(storageKey));
  const setDraft = useCallback(
    (change: string | ((current: string) => string)) => {
      setState((current) => {
        const next = typeof change === 'function' ? change(current) : change;
        writeDraft(storageKey, next);
        return next;
      });
    },
    [storageKey],
  );
  return [draft, setDraft] as const;
}

function readDraft(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function writeDraft(key: string, text: string): void {
  try {
    if (text === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  } catch {
    // Storage is refused or full: the draft then lives as long as the page.
  }
}
