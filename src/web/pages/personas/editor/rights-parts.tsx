import { PlugZap } from 'lucide-react';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { ResourcePicker } from '../../../components/resource-picker.tsx';
import { ScopeChoice } from '../../../components/scope-choice.tsx';
import { Notice } from '../../../components/states.tsx';
import { describeScope } from '../../../words.ts';
import type { Scope } from '../persona-words.ts';
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
