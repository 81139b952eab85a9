import { type RefObject, useLayoutEffect } from 'react';

/** Whoever had the focus inside of something that goes away stands at the message around it, not at the top of the page. */
export function useFocusHandedOn(inside: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = inside.current;
    return () => {
      if (element?.contains(document.activeElement) !== true) return;
      element.parentElement?.closest<HTMLElement>('article[tabindex]')?.focus({ preventScroll: true });
    };
  }, [inside]);
}
