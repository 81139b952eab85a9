import type { VisitorMemory } from './visitor-memory.ts';

/** Counts the answers nobody has seen yet. */
export function createUnread(memory: VisitorMemory, onCount: (count: number) => void) {
  let count = 0;
  let newest: string | null = null;
  const set = (next: number) => {
    if (next === count) return;
    count = next;
    onCount(count);
  };
  return {
    /** The newest answer from before this page. */
    begin(answer: { readonly id: string } | null): void {
      if (answer === null || answer.id === memory.read().seen) return;
      newest = answer.id;
      set(1);
    },
    hear(answer: { readonly id: string; readonly isNew: boolean }, isOpen: boolean): void {
      newest = answer.id;
      if (isOpen) memory.write({ seen: newest });
      else if (answer.isNew) set(count + 1);
    },
    /** All there is was looked at. */
    look(): void {
      if (newest !== null) memory.write({ seen: newest });
      set(0);
    },
    forget(): void {
      newest = null;
      set(0);
    },
  };
}
