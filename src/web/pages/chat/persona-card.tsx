import { TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { Button } from '../../components/button.tsx';
import { ToolList } from '../../components/persona-abilities.tsx';

interface PersonaCardProps {
  readonly persona: PersonaView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onStart: (text: string) => void;
}

/** A persona to choose: who it is, what it may do, and ways to begin. */
export function PersonaCard({ persona, chosen, onChoose, onStart }: PersonaCardProps) {
  const descriptionId = useId();
  return (
    <div
      className={`rounded-xl border bg-surface shadow-card ${chosen ? 'border-accent ring-1 ring-accent' : 'border-line hover:border-control'}`}
    >
      <label className="grid cursor-pointer grid-cols-[auto_1fr] gap-x-3 px-4 pt-4 pb-2">
        <input
          type="radio"
          name="persona"
          checked={chosen}
          onChange={onChoose}
          aria-label={persona.name}
          aria-describedby={descriptionId}
          className="mt-0.5 size-4.5 accent-accent"
        />
        <span className="grid gap-0.5">
          <span className="font-semibold">{persona.name}</span>
          <span id={descriptionId} className="text-ink-2 text-pretty">
            {persona.description}
          </span>
        </span>
      </label>
      <div className="grid gap-2 pe-4 pb-4 ps-11.5 text-[0.8125rem]">
        <ToolList tools={persona.tools} />
        {persona.problem !== null && (
          <p className="flex gap-1.5 text-warn text-xs">
            <TriangleAlert className="size-4 shrink-0" aria-hidden />
            Its file has a problem; the personas page says which.
          </p>
        )}
      </div>
      {chosen && persona.starters.length > 0 && (
        <ul
          aria-label={`Ways to begin with ${persona.name}`}
          className="flex flex-wrap gap-2 border-line border-t px-4 py-3"
        >
          {persona.starters.map((starter) => (
            <li key={starter}>
              <Button onClick={() => onStart(starter)} className="rounded-full! py-1 text-start font-normal">
                {starter}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
