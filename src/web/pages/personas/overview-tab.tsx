import { type ReactNode, useId } from 'react';
import type { PersonaDetailView, PersonaView } from '#channels/http/contract/personas.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { ToolList } from '../../components/persona-abilities.tsx';
import { formatMoment, shorten } from '../../format.ts';
import { defaultRule, describeRule, describeSafeguards, describeToolRules, mayAsk } from './approval-words.ts';
import { areLimited, describeGuests } from './guest-words.ts';
import { NamedLimits, NamedTables } from './named-limits.tsx';
import { type Channel, channelWords, describeBudget } from './persona-words.ts';
import { ScopeList } from './scope-list.tsx';
import { useDiffNames } from './use-diff-names.ts';
import { limitsNamed, useLimitNames } from './use-limit-names.ts';

/** Everything a persona is set to, to be read. */
export function OverviewTab({ detail }: { detail: PersonaDetailView }) {
  const { persona, definition } = detail;
  const limitNames = useLimitNames(persona.id, limitsNamed(persona));
  const names = useDiffNames(persona.id, persona.limits);
  const attached = Object.entries(definition.connections);
  return (
    <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-6">
        <Part title="Instructions" aside={<CopyButton text={definition.instructions} label="Copy the instructions" />}>
          <div className="rounded-xl border border-line bg-surface p-4 whitespace-pre-wrap wrap-anywhere leading-relaxed">
            {definition.instructions}
          </div>
        </Part>
        {definition.starters.length > 0 && (
          <Part title="Starter prompts">
            <ul className="grid gap-1 ps-4 list-disc text-ink-2">
              {definition.starters.map((starter) => (
                <li key={starter}>{starter}</li>
              ))}
            </ul>
          </Part>
        )}
      </div>
      <div className="grid min-w-0 gap-5 rounded-xl border border-line bg-surface p-4 shadow-card">
        <Part title="May use">
          <ToolList tools={persona.tools} withDescriptions rulesOf={(tool) => describeToolRules(persona, tool)} />
        </Part>
        {persona.tools.some(mayAsk) && (
          <Part title="Approvals">
            <Approvals persona={persona} names={limitNames} />
          </Part>
        )}
        <Part title="Permissions">
          <Scopes scopes={persona.scopes} />
        </Part>
        <Part title="Where">
          <NamedLimits limits={persona.limits} names={limitNames} />
        </Part>
        <Part title="With whose key">
          {attached.length === 0 ? (
            <p className="text-ink-2">The own connection of whoever writes, else the organization’s.</p>
          ) : (
            <ul className="text-ink-2">
              {attached.map(([integration, id]) => (
                <li key={integration} className="wrap-anywhere">
                  {names.integration(integration)}: {names.connection(id)}
                </li>
              ))}
            </ul>
          )}
        </Part>
        <Part title="Budget for one answer">
          <p className="text-ink-2">{describeBudget(persona.budget)}</p>
        </Part>
        <Part title="Answers on">
          <p className="text-ink-2">
            {persona.channels.map((channel) => channelWords[channel as Channel]?.title ?? channel).join(', ')}
          </p>
        </Part>
        <Part title="Guests">
          <Guests guests={persona.guests} names={limitNames} />
        </Part>
        <Facts detail={detail} />
      </div>
    </div>
  );
}

/** What holds for every tool that says nothing else. */
function Approvals({ persona, names }: { persona: PersonaView; names: Readonly<Record<string, string>> }) {
  const isUsual = persona.tools.some((tool) => mayAsk(tool) && persona.approvers[tool.name] === undefined);
  const changes = persona.tools.some((tool) => tool.effect !== 'read' && tool.approval !== 'deny');
  return (
    <div className="grid gap-1 text-ink-2 text-pretty">
      {isUsual && <p>{describeRule(defaultRule, null)}</p>}
      {changes && <p>{describeSafeguards(persona)}</p>}
      {changes && <NamedTables tables={persona.publicTables} names={names} />}
    </div>
  );
}

/** What is done for people who do not belong to the organization. */
function Guests({ guests, names }: { guests: PersonaView['guests']; names: Readonly<Record<string, string>> }) {
  return (
    <>
      <p className="text-ink-2 text-pretty">{describeGuests(guests)}</p>
      {guests !== null && areLimited(guests) && <NamedLimits limits={guests.limits} names={names} />}
    </>
  );
}

function Scopes({ scopes }: { scopes: readonly string[] }) {
  if (scopes.length === 0) return <p className="text-ink-2">None: it can only talk.</p>;
  return <ScopeList scopes={scopes} />;
}

function Facts({ detail: { persona, createdBy, updatedBy, updatedAt } }: { detail: PersonaDetailView }) {
  return (
    <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-2 gap-y-1 border-line border-t pt-3 text-xs *:wrap-anywhere [&>dt]:text-ink-3">
      <dt>Model</dt>
      <dd>{persona.model}</dd>
      {persona.revision !== null && (
        <>
          <dt>Revision</dt>
          <dd>{persona.revision}</dd>
        </>
      )}
      <dt>Version</dt>
      <dd title={persona.version} className="font-mono">
        {shorten(persona.version)}
      </dd>
      {createdBy !== null && (
        <>
          <dt>Made by</dt>
          <dd>{createdBy}</dd>
        </>
      )}
      {updatedAt !== null && (
        <>
          <dt>Changed</dt>
          <dd>
            <time dateTime={updatedAt}>{formatMoment(updatedAt)}</time>
            {updatedBy !== null && ` by ${updatedBy}`}
          </dd>
        </>
      )}
    </dl>
  );
}

function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid min-w-0 grid-cols-1 gap-1.5">
      <div className="flex items-center justify-between gap-2">
        <h2 id={id} className="font-semibold text-ink-2 text-xs">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
