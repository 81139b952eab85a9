import type { ReactNode } from 'react';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import type { ToolView } from '#channels/http/contract/personas.ts';
import { ToolList } from '../../../components/persona-abilities.tsx';
import { kindOfPolicy, type PlainPolicy } from '../../../words.ts';
import { describeEffects, describeRule, describeSafeguards } from '../approval-words.ts';
import { describeGuests } from '../guest-words.ts';
import { NamedLimits } from '../named-limits.tsx';
import { channelWords, countOf, describeBudget } from '../persona-words.ts';
import { type Draft, isIn, toDefinition } from './persona-draft.ts';
import { type Member, nameMembers } from './who-decides.ts';

/** What the persona may do as it is written now, in words. */
export function Summary({
  draft,
  tools,
  names,
  connections,
  members,
}: {
  draft: Draft;
  tools: readonly ToolView[];
  names: Readonly<Record<string, string>>;
  connections: readonly ConnectionView[];
  members: readonly Member[];
}) {
  const granted = tools
    .filter((tool) => isIn(draft.scopes, tool.scope))
    .map((tool) => ({ ...tool, approval: (draft.approvals[tool.name] ?? tool.approval).replace(/ $/, ' …') }));
  const attached = Object.values(draft.connections).map(
    (id) => connections.find((connection) => connection.id === id)?.label ?? id,
  );
  const { budget, ...asItStands } = toDefinition(draft, tools);
  const rulesOf = ({ name, approval }: ToolView) => {
    const { [name]: rule } = asItStands.approvers;
    const { [name]: effects } = asItStands.effects;
    if (approval === 'deny') return [];
    return [
      rule === undefined ? null : describeRule(rule, rule.people === null ? null : nameMembers(rule.people, members)),
      effects === undefined ? null : describeEffects(effects),
    ].filter((sentence) => sentence !== null);
  };
  return (
    <aside aria-labelledby="summary-heading" className="rounded-xl border border-line bg-surface p-4 shadow-card">
      <div className="grid gap-4">
        <h2 id="summary-heading" className="font-semibold">
          As it stands, it may
        </h2>
        <p role="status" className="sr-only">
          {describeShortly(granted)}
        </p>
        <ToolList tools={granted} rulesOf={rulesOf} />
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
          <p className="text-ink-2">{describeBudget(budget)}</p>
        </Part>
        {granted.some(({ effect }) => effect !== 'read') && (
          <Part title="Safeguards">
            <p className="text-ink-2 text-pretty">{describeSafeguards(draft)}</p>
          </Part>
        )}
        <Part title="Answers on">
          <p className="text-ink-2">
            {draft.channels.map((channel) => channelWords[channel].title).join(', ') || 'Nothing yet'}
          </p>
        </Part>
        {asItStands.guests !== null && (
          <Part title="Guests">
            <p className="text-ink-2 text-pretty">{describeGuests(asItStands.guests)}</p>
          </Part>
        )}
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
  const count = (...kinds: readonly PlainPolicy[]) =>
    granted.filter((tool) => kinds.includes(kindOfPolicy(tool.approval))).length;
  return `${countOf(granted.length, 'tool')}: ${count('auto')} without asking, ${count('ask', 'bound')} after approval, ${count('deny')} switched off`;
}
