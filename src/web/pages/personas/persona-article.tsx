import { type ReactNode, useId } from 'react';
import { Link } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { ToolList } from '../../components/persona-abilities.tsx';
import { Notice } from '../../components/states.tsx';
import { describeToolRules } from './approval-words.ts';
import { LimitsByName } from './named-limits.tsx';
import { PersonaActions } from './persona-actions.tsx';
import { PersonaMarks } from './persona-marks.tsx';
import { describeBudget } from './persona-words.ts';

/** One persona in the list: who it is, what it may do, and what can be done with it. */
export function PersonaArticle({ persona }: { persona: PersonaView }) {
  const headingId = useId();
  return (
    <article
      aria-labelledby={headingId}
      className="flex h-full flex-col gap-4 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
    >
      <header className="grid min-w-0 gap-1">
        <h2 id={headingId} className="font-semibold text-base wrap-anywhere">
          <Link to={`/personas/${persona.id}`} className="hover:underline underline-offset-2">
            {persona.name}
          </Link>
        </h2>
        <p className="text-ink-2 text-pretty wrap-anywhere">{persona.description}</p>
        <PersonaMarks persona={persona} />
      </header>
      {persona.problem !== null && (
        <Notice tone="warn" title={persona.file === null ? 'It has a problem' : 'Its file has a problem'}>
          <p className="whitespace-pre-wrap">{persona.problem}</p>
        </Notice>
      )}
      <Part title="May use">
        <ToolList tools={persona.tools} rulesOf={(tool) => describeToolRules(persona, tool)} />
      </Part>
      <Part title="Where">
        <LimitsByName persona={persona} />
      </Part>
      <Part title="Budget for one answer">
        <p className="text-ink-2">{describeBudget(persona.budget)}</p>
      </Part>
      <footer className="mt-auto flex flex-wrap items-end justify-between gap-3 border-line border-t pt-3">
        <p className="min-w-0 flex-1 basis-40 text-ink-3 text-xs wrap-anywhere">
          {persona.model}
          <br />
          {persona.file === null ? (
            `revision ${persona.revision}`
          ) : (
            <>
              lives in <span className="font-mono">{persona.file}</span>
            </>
          )}
        </p>
        <PersonaActions persona={persona} />
      </footer>
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid gap-1.5">
      <h3 className="font-semibold text-ink-2 text-xs">{title}</h3>
      {children}
    </section>
  );
}
