import { useState } from 'react';
import type { ResourceView } from '#channels/http/contract/connections.ts';
import { Button } from '../../components/button.tsx';

const firstFew = 12;

/** Resources by name, their ids small beside them; long lists in part first. */
export function SeenList({ label, items }: { label: string; items: readonly ResourceView[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, firstFew);
  return (
    <div className="grid justify-items-start gap-1.5">
      <ul aria-label={label} className="flex flex-wrap gap-1.5">
        {shown.map((item) => (
          <li
            key={item.id}
            className="flex min-w-0 flex-wrap items-baseline gap-x-1.5 rounded-md border border-line bg-surface px-2 py-0.5"
          >
            <span className="wrap-anywhere">{item.name}</span>
            <code className="wrap-anywhere font-mono text-2xs text-ink-3">{item.id}</code>
          </li>
        ))}
      </ul>
      {items.length > firstFew && (
        <Button look="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${items.length - firstFew} more`}
        </Button>
      )}
    </div>
  );
}
