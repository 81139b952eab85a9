import { useEffect } from 'react';

/** Puts how many approvals wait in front of every page's title, so that a tab in the background tells it. */
export function useTitleCount(count: number): void {
  useEffect(() => {
    const write = () => {
      const title = withCount(document.title, count);
      if (document.title !== title) document.title = title;
    };
    write();
    // Pages put their own titles into the head, and React writes over ours when they change.
    const observer = new MutationObserver(write);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
      document.title = withCount(document.title, 0);
    };
  }, [count]);
}

/** “(3) Chat” for “Chat” or “(2) Chat”; without a number for none. */
export function withCount(title: string, count: number): string {
  const bare = title.replace(/^\(\d+\) /, '');
  return count === 0 ? bare : `(${count}) ${bare}`;
}
