import { Ban, Check, Hand, type LucideIcon, PlugZap, UserRound } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { PersonaDetailView, PersonaView, XRayAs, XRayView } from '#channels/http/contract/personas.ts';
import { buttonClass } from '../../../components/button.tsx';
import { EffectHint } from '../../../components/effect-hint.tsx';
import { Bar, ErrorState, Notice, Skeleton } from '../../../components/states.tsx';
import { useIntegrations, useXRay } from '../api.ts';
import { describeEffects } from '../approval-words.ts';
import { whoGuestsAre } from '../guest-words.ts';
import { NamedLimits } from '../named-limits.tsx';
import { countOf } from '../persona-words.ts';
import { ScopeList } from '../scope-list.tsx';
import { useLimitNames } from '../use-limit-names.ts';
import { CheckForm } from './check-form.tsx';

/** What the persona can do for the person at the page, or for a guest, by the rules that stand in front of every call. */
export function XRayTab({ detail: { persona } }: { detail: PersonaDetailView }) {
  const [search] = useSearchParams();
  const as = search.get('for') === 'guest' ? 'guest' : 'me';
  return (
    <div className="grid grid-cols-1 gap-4">
      <nav aria-label="For whom" className="flex gap-1">
        <ForWhom persona={persona} as="me" current={as}>
          For you
        </ForWhom>
        <ForWhom persona={persona} as="guest" current={as}>
          For a guest
        </ForWhom>
      </nav>
      <XRayOf key={as} persona={persona} as={as} />
    </div>
  );
}

function ForWhom({
  persona,
  as,
  current,
  children,
}: {
  persona: PersonaView;
  as: XRayAs;
  current: XRayAs;
  children: string;
}) {
  const isCurrent = as === current;
  return (
    <Link
      to={`/personas/${persona.id}/x-ray${as === 'guest' ? '?for=guest' : ''}`}
      aria-current={isCurrent ? 'page' : undefined}
      className={buttonClass('quiet', isCurrent ? 'bg-accent-soft! text-accent!' : '')}
    >
      {children}
    </Link>
  );
}

const guestsAre = `Guests are ${whoGuestsAre.charAt(0).toLowerCase()}${whoGuestsAre.slice(1)}`;

function introOf({ name, guests }: PersonaView, as: XRayAs): string {
  if (as === 'me') {
    return `What ${name} can do for you right now, answered by the very rules every call has to pass. For somebody else it can be different.`;
  }
  if (guests === null) return `${name} does not answer guests. ${guestsAre}`;
  return `What ${name} can do right now for guests, answered by the very rules every call has to pass. ${guestsAre}`;
}

function XRayOf({ persona, as }: { persona: PersonaView; as: XRayAs }) {
  const { data, error, refetch } = useXRay(persona.id, as);
  const titles = new Map(useIntegrations().data?.items.map(({ name, title }) => [name, title]));
  if (data === undefined) {
    if (error === null) return <LoadingXRay />;
    return <ErrorState title="The X-ray could not be made" error={error} onRetry={() => void refetch()} />;
  }
  const titleOf = (integration: string) => titles.get(integration) ?? integration;
  return (
    <div className="grid grid-cols-1 gap-6">
      <p className="max-w-3xl text-ink-2 text-pretty">{introOf(persona, as)}</p>
      {persona.archived && (
        <Notice tone="warn">
          It is archived: nobody can write to it, so none of this happens until it is restored.
        </Notice>
      )}
      <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Part title="Its tools">
          <Tools tools={data.tools} asks={as === 'guest' ? 'a guest asks' : 'you ask'} />
        </Part>
        <div className="grid min-w-0 gap-6">
          <Part title="As whom">
            <AsWhom xRay={data} titleOf={titleOf} />
          </Part>
          <Part title="With which rights">
            <Grants personaId={persona.id} xRay={data} titleOf={titleOf} />
          </Part>
        </div>
      </div>
      <CheckForm persona={persona} xRay={data} as={as} />
    </div>
  );
}

type XRayTool = XRayView['tools'][number];

const verdicts: Readonly<Record<string, { icon: LucideIcon; word: string; className: string }>> = {
  allowed: { icon: Check, word: 'Allowed', className: 'text-good' },
  approval: { icon: Hand, word: 'Needs approval', className: 'text-warn' },
  blocked: { icon: Ban, word: 'Blocked', className: 'text-bad' },
};

function verdictOf({ gates, blockedBy }: XRayTool): keyof typeof verdicts {
  if (blockedBy !== null) return 'blocked';
  return gates.some(({ when }) => when === 'at_once') ? 'approval' : 'allowed';
}

function Tools({ tools, asks }: { tools: readonly XRayTool[]; asks: string }) {
  return (
    <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
      {tools.map((entry) => {
        const { icon: Icon, word, className } = verdicts[verdictOf(entry)] ?? { icon: Ban, word: '', className: '' };
        return (
          <li key={entry.tool.name} className="grid gap-1 px-4 py-3">
            <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
              <p className="flex flex-wrap items-center gap-x-3 font-medium">
                {entry.tool.title} <EffectHint effect={entry.tool.effect} />
              </p>
              <p className={`flex items-center gap-1.5 font-medium ${className}`}>
                <Icon className="size-4" aria-hidden />
                {word}
              </p>
            </div>
            {entry.blockedBy !== null && <p className="text-ink-2 text-xs text-pretty">{entry.blockedBy.message}</p>}
            {entry.blockedBy === null && <ToolRules entry={entry} asks={asks} />}
          </li>
        );
      })}
    </ul>
  );
}

/** When it asks, who decides, and how much it may change. */
function ToolRules({ entry: { gates, rule, effects, tool }, asks }: { entry: XRayTool; asks: string }) {
  const limit = tool.effect === 'read' ? null : describeEffects(effects);
  return (
    <div className="grid gap-0.5 text-ink-2 text-xs text-pretty wrap-anywhere">
      {gates.map(({ why, message }) => (
        <p key={why}>{message}</p>
      ))}
      {gates.length > 0 && <Deciders rule={rule} asks={asks} />}
      {limit !== null && <p>{limit}</p>}
    </div>
  );
}

const inWords = new Intl.ListFormat('en', { type: 'disjunction' });
const mostNames = 6;

function Deciders({ rule: { deciders, people, fourEyes, hours }, asks }: { rule: XRayTool['rule']; asks: string }) {
  if (deciders.length === 0) {
    return (
      <p className="font-medium text-bad">
        Nobody can approve what {asks} for. {whyNobody(people, fourEyes)}
      </p>
    );
  }
  const names = deciders.map(({ name }) => name);
  const more = names.length - mostNames;
  const shown = more > 0 ? [...names.slice(0, mostNames), `${more} others`] : names;
  return (
    <p>
      Of what {asks} for, {inWords.format(shown)} can approve it, within {countOf(hours, 'hour')}
      {fourEyes && asks === 'you ask' && '; not you yourself'}.
    </p>
  );
}

function whyNobody(people: XRayTool['rule']['people'], fourEyes: boolean): string {
  if (people !== null && !people.some(({ mayDecide }) => mayDecide)) {
    return 'Everybody chosen for it has left the organization or may not decide.';
  }
  return fourEyes ? 'It must be somebody else than you, and there is nobody else who may decide.' : '';
}

const ownershipWords = { organization: 'the organization’s', personal: 'your own' } as const;
const statusWords = { active: '', needs_reconnect: 'needs to be connected again', revoked: 'revoked' } as const;

const noLimits = {};

function AsWhom({ xRay: { actor, connections }, titleOf }: { xRay: XRayView; titleOf: (name: string) => string }) {
  return (
    <div className="grid gap-2 rounded-xl border border-line bg-surface p-4">
      <p className="flex gap-2 wrap-anywhere">
        <UserRound className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
        <span>
          On behalf of{' '}
          {actor.role === 'guest' ? (
            'a guest'
          ) : (
            <>
              {actor.name} <span className="text-ink-2">({actor.role})</span>
            </>
          )}
        </span>
      </p>
      {connections.map(({ integration, connection }) => (
        <p key={integration} className="flex gap-2 wrap-anywhere">
          <PlugZap className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
          {connection === null ? (
            <span>
              {titleOf(integration)}: no connection.{' '}
              <Link to="/integrations" className="text-accent underline underline-offset-2">
                Connect it
              </Link>
            </span>
          ) : (
            <span>
              {titleOf(integration)} with “{connection.label}”, {ownershipWords[connection.ownership]}
              {connection.status !== 'active' && <span className="text-bad"> ({statusWords[connection.status]})</span>}
            </span>
          )}
        </p>
      ))}
    </div>
  );
}

function Grants({
  personaId,
  xRay: { grants, actor },
  titleOf,
}: {
  personaId: string;
  xRay: XRayView;
  titleOf: (name: string) => string;
}) {
  const names = useLimitNames(personaId, grants[0]?.limits ?? noLimits);
  const isForGuest = actor.role === 'guest';
  if (grants.length === 0) return <p className="text-ink-2">None.</p>;
  return (
    <div className="grid gap-3">
      <p className="text-ink-2 text-xs text-pretty">
        {isForGuest
          ? 'What the persona may do, what it may do for guests, and what the connection may do, all at once.'
          : 'What the persona, the connection and you may do, all at once.'}
      </p>
      {grants.map(({ integration, scopes, limits }) => (
        <div key={integration} className="grid gap-2 rounded-xl border border-line bg-surface p-4">
          <h3 className="font-semibold">{titleOf(integration)}</h3>
          {scopes.length === 0 ? <p className="text-ink-2">No permission is left.</p> : <ScopeList scopes={scopes} />}
          <NamedLimits limits={limits} names={names} />
        </div>
      ))}
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid min-w-0 grid-cols-1 gap-2">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      {children}
    </section>
  );
}

function LoadingXRay() {
  return (
    <Skeleton label="Making the X-ray">
      <div className="grid gap-6 lg:grid-cols-[1fr_20rem]">
        <Bar className="h-72 rounded-xl" />
        <Bar className="h-48 rounded-xl" />
      </div>
    </Skeleton>
  );
}
