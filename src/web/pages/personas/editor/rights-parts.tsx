import { PlugZap } from 'lucide-react';
import { useId } from 'react';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import type { ToolView } from '#channels/http/contract/personas.ts';
import { EffectHint } from '../../../components/effect-hint.tsx';
import { ResourcePicker } from '../../../components/resource-picker.tsx';
import { ScopeChoice } from '../../../components/scope-choice.tsx';
import { Notice } from '../../../components/states.tsx';
import { describeScope } from '../../../words.ts';
import type { Policy, Scope } from '../persona-words.ts';
import { isIn } from './persona-draft.ts';
import { errorOf, type PartProps, Section } from './section.tsx';

interface ScopePartProps extends PartProps {
  readonly integrations: readonly IntegrationView[];
  readonly inUse: ConnectionView | null;
}

/** What it may do, by checkbox, and what the connection would refuse all the same. */
export function ScopePart({ draft, change, problems, integrations, inUse }: ScopePartProps) {
  const offered = integrations.flatMap((integration) => integration.scopes);
  const missing = inUse === null ? [] : draft.scopes.filter((scope) => !inUse.scopes.includes(scope));
  return (
    <Section
      title="Permissions"
      hint="What the persona may do at most. The connection can allow less, never more."
      problem={errorOf(problems, 'scopes') ?? undefined}
    >
      <ScopeChoice
        offered={offered}
        value={draft.scopes}
        onChange={(scopes) => change({ scopes: scopes as Scope[] })}
      />
      {missing.length > 0 && inUse !== null && (
        <Notice tone="warn" icon={PlugZap}>
          The connection “{inUse.label}” does not allow:{' '}
          {missing.map((scope) => describeScope(scope) ?? scope).join(', ')}. Such calls will be refused until it does.
        </Notice>
      )}
    </Section>
  );
}

/** On which teams, databases and tables, picked by name. */
export function LimitPart({
  draft,
  change,
  problems,
  names,
  inUse,
}: PartProps & { names: Readonly<Record<string, string>>; inUse: ConnectionView | null }) {
  const isLimited = inUse !== null && Object.keys(inUse.limits).length > 0;
  // Others may use another connection where none is attached: then nothing is left out.
  const isAttached = inUse !== null && Object.values(draft.connections).includes(inUse.id);
  return (
    <Section
      title="Where"
      hint="The teams, databases and tables it may touch at most."
      problem={errorOf(problems, 'limits') ?? undefined}
    >
      <ResourcePicker
        connectionId={inUse === null || inUse.status === 'revoked' ? null : inUse.id}
        value={draft.limits}
        names={{ ...names, ...draft.limitNames }}
        onChange={(limits, limitNames) => change({ limits, limitNames })}
        within={isAttached ? inUse.limits : undefined}
      />
      {isLimited && (
        <p className="text-ink-2 text-xs text-pretty">
          The connection “{inUse.label}” has limits of its own.{' '}
          {isAttached ? 'What lies outside them is not offered here.' : 'Calls outside them are refused.'}
        </p>
      )}
    </Section>
  );
}

interface ApprovalPartProps extends PartProps {
  readonly tools: readonly ToolView[];
  /** Policies the persona set before this edit; they stay written down even where they are the tool's own. */
  readonly before: Readonly<Record<string, Policy>>;
}

/** For each tool it may use: at once, after asking a person, or never. */
export function ApprovalPart({ draft, change, problems, tools, before }: ApprovalPartProps) {
  const granted = tools.filter((tool) => isIn(draft.scopes, tool.scope));
  const set = (tool: ToolView, policy: Policy) => {
    const { [tool.name]: _last, ...others } = draft.approvals;
    const isSaid = policy !== tool.approval || before[tool.name] !== undefined;
    change({ approvals: isSaid ? { ...others, [tool.name]: policy } : others });
  };
  return (
    <Section
      title="Approval"
      hint="Whether a call is made at once, only after a person approves it, or never."
      problem={errorOf(problems, 'approvals') ?? undefined}
    >
      {granted.length === 0 ? (
        <p className="text-ink-2">Choose a permission first: without one the persona has no tools and can only talk.</p>
      ) : (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {granted.map((tool) => (
            <ToolPolicy
              key={tool.name}
              tool={tool}
              value={draft.approvals[tool.name] ?? tool.approval}
              onChange={(policy) => set(tool, policy)}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

const policies: readonly { value: Policy; title: string }[] = [
  { value: 'auto', title: 'Without asking' },
  { value: 'ask', title: 'Ask first' },
  { value: 'deny', title: 'Never' },
];

function ToolPolicy({ tool, value, onChange }: { tool: ToolView; value: Policy; onChange: (policy: Policy) => void }) {
  const id = useId();
  return (
    <li className="p-3.5">
      <fieldset className="grid min-w-0 gap-2" aria-describedby={value === 'ask' ? `${id}ask` : undefined}>
        <legend className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-0.5 font-medium">
          {tool.title} <EffectHint effect={tool.effect} />
        </legend>
        <div className="flex flex-wrap gap-x-5 gap-y-1">
          {policies.map((policy) => (
            <label key={policy.value} className="flex min-h-7 items-center gap-2 pointer-coarse:min-h-11">
              <input
                type="radio"
                name={id}
                checked={value === policy.value}
                onChange={() => onChange(policy.value)}
                className="size-4.5 shrink-0 accent-accent"
              />
              <span>
                {policy.title}
                {policy.value === tool.approval && <span className="text-ink-3"> (default)</span>}
              </span>
            </label>
          ))}
        </div>
        {value === 'ask' && (
          <p id={`${id}ask`} className="text-ink-2 text-xs text-pretty">
            Approvals cannot be given on these pages yet, so such a call is refused for now and nothing is changed.
          </p>
        )}
        {value === 'auto' && tool.effect === 'destructive' && (
          <p className="text-warn text-xs text-pretty">
            Takes data away without anybody looking at it first. Limit where it may do so.
          </p>
        )}
      </fieldset>
    </li>
  );
}
