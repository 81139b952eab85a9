import { useCallback, useEffect, useRef, useState } from 'react';

const nearEnd = 64;

/**
 * Follows what grows at the end of a scroller, until the reader scrolls away from it; coming back to the
 * end follows again. `showFrom` lets go as well. Gives refs for the scroller and for its content.
 */
export function useStickToBottom() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticking = useRef(true);
  const [away, setAway] = useState(false);

  const jumpToLatest = useCallback(() => {
    sticking.current = true;
    setAway(false);
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);

  const showFrom = useCallback((element: Element) => {
    sticking.current = false;
    element.scrollIntoView({ block: 'start' });
  }, []);

  useEffect(() => {
    const outer = scroller.current;
    const inner = content.current;
    if (outer === null || inner === null) return;
    let lastTop = outer.scrollTop;
    const onScroll = () => {
      const distance = outer.scrollHeight - outer.scrollTop - outer.clientHeight;
      // Growth alone never moves the reader up: only a move up of their own lets go.
      if (distance <= nearEnd) sticking.current = true;
      else if (outer.scrollTop < lastTop) sticking.current = false;
      lastTop = outer.scrollTop;
      setAway(!sticking.current);
    };
    const follow = () => {
      if (sticking.current) outer.scrollTop = outer.scrollHeight;
      else setAway(outer.scrollHeight - outer.scrollTop - outer.clientHeight > nearEnd);
    };
    const observer = new ResizeObserver(follow);
    observer.observe(inner);
    observer.observe(outer);
    outer.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      outer.removeEventListener('scroll', onScroll);
    };
  }, []);

  return { scroller, content, away, jumpToLatest, showFrom };
}
