import { Archive, FileText } from 'lucide-react';
import type { PersonaView } from '#channels/http/contract/personas.ts';

/** Where a persona lives and whether it is in use. */
export function PersonaMarks({ persona }: { persona: PersonaView }) {
  return (
    <ul className="mt-1 flex flex-wrap gap-1.5 text-xs empty:hidden">
      {persona.file !== null && (
        <li className="flex items-center gap-1 rounded-md border border-line bg-sunken px-1.5 py-0.5 wrap-anywhere text-ink-2">
          <FileText className="size-3.5 shrink-0" aria-hidden />
          From a file
        </li>
      )}
      {persona.archived && (
        <li className="flex items-center gap-1 rounded-md bg-warn-soft px-1.5 py-0.5 text-warn">
          <Archive className="size-3.5 shrink-0" aria-hidden />
          Archived
        </li>
      )}
    </ul>
  );
}
