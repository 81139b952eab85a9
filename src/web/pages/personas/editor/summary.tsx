import type { ReactNode } from 'react';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import type { ToolView } from '#channels/http/contract/personas.ts';
import { ToolList } from '../../../components/persona-abilities.tsx';
import { NamedLimits } from '../named-limits.tsx';
import { channelWords, countOf, describeBudget } from '../persona-words.ts';
import { type Draft, isIn } from './persona-draft.ts';

/** What the persona may do as it is written now, in words. */
export function Summary({
  draft,
  tools,
  names,
  connections,
}: {
  draft: Draft;
  tools: readonly ToolView[];
  names: Readonly<Record<string, string>>;
  connections: readonly ConnectionView[];
}) {
  const granted = tools
    .filter((tool) => isIn(draft.scopes, tool.scope))
    .map((tool) => ({ ...tool, approval: draft.approvals[tool.name] ?? tool.approval }));
  const attached = Object.values(draft.connections).map(
    (id) => connections.find((connection) => connection.id === id)?.label ?? id,
  );
  const { steps, calls, seconds } = draft.budget;
  return (
    <aside aria-labelledby="summary-heading" className="rounded-xl border border-line bg-surface p-4 shadow-card">
      <div className="grid gap-4">
        <h2 id="summary-heading" className="font-semibold">
          As it stands, it may
        </h2>
        <p role="status" className="sr-only">
          {describeShortly(granted)}
        </p>
        <ToolList tools={granted} />
        <Part title="Where">
          <NamedLimits limits={draft.limits} names={{ ...names, ...draft.limitNames }} />
        </Part>
        <Part title="With whose key">
          <p className="text-ink-2 wrap-anywhere">
            {attached.length > 0
              ? attached.map((label) => `“${label}”`).join(', ')
              : 'The own connection of whoever writes, else the organization’s'}
          </p>
        </Part>
        <Part title="Budget for one answer">
          <p className="text-ink-2">
            {describeBudget({ steps: Number(steps), calls: Number(calls), seconds: Number(seconds) })}
          </p>
        </Part>
        <Part title="Answers on">
          <p className="text-ink-2">
            {draft.channels.map((channel) => channelWords[channel].title).join(', ') || 'Nothing yet'}
          </p>
        </Part>
      </div>
    </aside>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <h3 className="font-semibold text-ink-2 text-xs">{title}</h3>
      {children}
    </div>
  );
}

function describeShortly(granted: readonly ToolView[]): string {
  const count = (policy: ToolView['approval']) => granted.filter((tool) => tool.approval === policy).length;
  return `${countOf(granted.length, 'tool')}: ${count('auto')} without asking, ${count('ask')} after approval, ${count('deny')} switched off`;
}
