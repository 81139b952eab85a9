/** What a page remembers of its visitor, beside what the service knows. */
export interface Remembered {
  /** Who the visitor is as long as the site says nothing, signed by the service. */
  readonly token: string | null;
  /** The newest answer that was on the screen. */
  readonly seen: string | null;
}

export interface VisitorMemory {
  read(): Remembered;
  write(change: Partial<Remembered>): void;
  /** Whether this is another page of the site telling that its visitor has left. */
  isGoodbye(event: Pick<StorageEvent, 'key' | 'newValue'>): boolean;
}

const nothing: Remembered = { token: null, seen: null };

/** Kept in the page's own storage; where that is refused, as long as the page is there. */
export function createVisitorMemory(widgetId: string, storage: () => Storage): VisitorMemory {
  const key = `personas-widget:${widgetId}`;
  let held: Remembered | null = null;
  const read = (): Remembered => {
    if (held !== null) return held;
    try {
      return parse(storage().getItem(key));
    } catch {
      return nothing;
    }
  };
  return {
    read,
    write(change) {
      const next = { ...read(), ...change };
      try {
        storage().setItem(key, JSON.stringify(next));
      } catch {
        held = next;
      }
    },
    isGoodbye: ({ key: changed, newValue }) => changed === key && newValue !== null && isWithoutToken(newValue),
  };
}

function isWithoutToken(text: string): boolean {
  try {
    return parse(text).token === null;
  } catch {
    return false;
  }
}

function parse(text: string | null): Remembered {
  const stored = (text === null ? {} : JSON.parse(text)) as Partial<Remembered> | null;
  const word = (value: unknown) => (typeof value === 'string' ? value : null);
  return { token: word(stored?.token), seen: word(stored?.seen) };
}
