import { LoaderCircle } from 'lucide-react';
import type { PersonaDefinition, PersonaDetailView } from '#channels/http/contract/personas.ts';
import { Button } from '../../../components/button.tsx';
import { Modal } from '../../../components/modal.tsx';
import { formatMoment } from '../../../format.ts';
import { compareDefinitions, type DiffNames } from '../definition-diff.ts';
import { DiffView } from '../diff-view.tsx';

/** Two people changed the same persona: the second is told, sees what differs, and decides whose text stays. */
export function ConflictDialog({
  newest,
  mine,
  names,
  busy,
  onTakeTheirs,
  onOverwrite,
  onClose,
}: {
  newest: PersonaDetailView | null;
  mine: PersonaDefinition;
  names: DiffNames;
  busy: boolean;
  onTakeTheirs: () => void;
  onOverwrite: () => void;
  onClose: () => void;
}) {
  return (
    <Modal open={newest !== null} title="Somebody changed this persona meanwhile" busy={busy} onClose={onClose}>
      {newest !== null && (
        <>
          <p className="text-pretty">
            <strong>{newest.updatedBy ?? 'Somebody'}</strong> saved revision {newest.persona.revision}
            {newest.updatedAt === null ? '' : ` on ${formatMoment(newest.updatedAt)}`}, after you had opened it. Nothing
            of yours was saved yet and nothing is lost.
          </p>
          <div className="grid gap-2">
            <h3 className="font-semibold">What would change if yours replaced it</h3>
            <DiffView label="Theirs against yours" changes={compareDefinitions(newest.definition, mine, names)} />
          </div>
          <p className="text-ink-2 text-xs text-pretty">
            Overwriting keeps their text in the history. Taking theirs drops yours for good: copy what you still need
            first.
          </p>
          <div className="flex flex-wrap justify-end gap-2 max-sm:*:w-full">
            <Button disabled={busy} onClick={onClose}>
              Go on editing
            </Button>
            <Button disabled={busy} onClick={onTakeTheirs}>
              Take theirs, drop mine
            </Button>
            <Button look="danger" disabled={busy} onClick={onOverwrite}>
              {busy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
              Overwrite with mine
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}
