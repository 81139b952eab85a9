import { MessageSquarePlus } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { Link } from 'react-router';
import type { PersonaView } from '#channels/http/contract.ts';
import { buttonClass } from '../../components/button.tsx';
import { LimitList, ToolList } from '../../components/persona-abilities.tsx';
import { Notice } from '../../components/states.tsx';
import { formatDuration, shorten } from '../../format.ts';
import { describeScope } from '../../words.ts';

/** Everything about one persona that its file says. */
export function PersonaArticle({ persona }: { persona: PersonaView }) {
  const headingId = useId();
  return (
    <article
      aria-labelledby={headingId}
      className="grid gap-4 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
    >
      <header className="flex items-start justify-between gap-3">
        <div className="grid min-w-0 gap-0.5">
          <h2 id={headingId} className="font-semibold text-base">
            {persona.name}
          </h2>
          <p className="text-ink-2 text-pretty">{persona.description}</p>
        </div>
        <Link
          to={`/?persona=${persona.id}`}
          aria-label={`Chat with ${persona.name}`}
          className={buttonClass('secondary', 'shrink-0')}
        >
          <MessageSquarePlus className="size-4" aria-hidden />
          Chat
        </Link>
      </header>
      {persona.problem !== null && (
        <Notice tone="warn" title="Its file has a problem">
          <p className="whitespace-pre-wrap">{persona.problem}</p>
        </Notice>
      )}
      <Section title="May use">
        <ToolList tools={persona.tools} withDescriptions />
      </Section>
      <Section title="Scopes">
        <ul className="flex flex-wrap gap-1.5">
          {persona.scopes.map((scope) => (
            <li
              key={scope}
              className="flex flex-wrap items-baseline gap-x-2 rounded-md border border-line bg-sunken px-2 py-0.5 text-xs"
            >
              {describeScope(scope)} <code className="wrap-anywhere font-mono text-2xs text-ink-3">{scope}</code>
            </li>
          ))}
          {persona.scopes.length === 0 && <li className="text-ink-2">None</li>}
        </ul>
      </Section>
      <Section title="Where">
        <LimitList limits={persona.limits} />
      </Section>
      <Section title="Budget for one answer">
        <p className="text-ink-2">
          At most {persona.budget.steps} steps, {persona.budget.calls} calls and{' '}
          {describeSeconds(persona.budget.seconds)}.
        </p>
      </Section>
      <footer className="flex flex-wrap gap-x-2 gap-y-1 border-line border-t pt-3 text-ink-3 text-xs">
        <span>{persona.model}</span>
        <span aria-hidden>·</span>
        <span title={persona.version}>
          version <span className="font-mono">{shorten(persona.version)}</span>
        </span>
        <span aria-hidden>·</span>
        <span className="wrap-anywhere font-mono">{persona.file}</span>
      </footer>
    </article>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-1.5">
      <h3 className="font-semibold text-ink-2 text-xs">{title}</h3>
      {children}
    </section>
  );
}

function describeSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : formatDuration(seconds * 1_000);
}
