import type { ReactNode } from 'react';

/** What only some need, behind a line that says what it is. */
export function More({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="min-w-0">
      <summary className="inline-flex min-h-9 items-center rounded text-accent underline underline-offset-2 pointer-coarse:min-h-11">
        {title}
      </summary>
      <div className="grid grid-cols-1 gap-3 pt-1">{children}</div>
    </details>
  );
}
