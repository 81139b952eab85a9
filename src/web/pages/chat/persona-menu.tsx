import { ShieldCheck } from 'lucide-react';
import { Link } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { ToolList } from '../../components/persona-abilities.tsx';
import { Popover } from '../../components/popover.tsx';
import { shorten } from '../../format.ts';
import { LimitsByName } from '../../pages/personas/named-limits.tsx';

/** Who answers here, and at a press what they may do. */
export function PersonaMenu({ persona }: { persona: PersonaView }) {
  return (
    <Popover
      label={`What ${persona.name} may do`}
      look="secondary"
      trigger={
        <>
          <ShieldCheck className="size-4 text-accent" aria-hidden />
          What it may do
        </>
      }
    >
      <div className="grid gap-4">
        <section className="grid gap-1.5">
          <h2 className="font-semibold">What {persona.name} may do</h2>
          <ToolList tools={persona.tools} />
        </section>
        <section className="grid gap-1.5">
          <h2 className="font-semibold">Where</h2>
          <LimitsByName persona={persona} />
        </section>
        <p className="text-ink-3 text-xs">
          Model {persona.model}, version <span className="font-mono">{shorten(persona.version)}</span>.{' '}
          <Link to={`/personas/${persona.id}`} className="text-accent underline underline-offset-2">
            All about this persona
          </Link>
        </p>
      </div>
    </Popover>
  );
}
