import type { PersonaDetailView, RevisionView } from '#channels/http/contract/personas.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { personaApi, useRefreshPersona } from '../api.ts';
import { compareDefinitions, type DiffNames } from '../definition-diff.ts';
import { DiffView } from '../diff-view.tsx';

/** Shows what going back would change before it is done. The revisions in between stay in the history. */
export function RevertDialog({
  detail,
  to,
  newest,
  names,
  onClose,
}: {
  detail: PersonaDetailView;
  to: RevisionView | null;
  newest: RevisionView;
  names: DiffNames;
  onClose: () => void;
}) {
  const { persona } = detail;
  const announce = useAnnounce();
  const refresh = useRefreshPersona();
  const revert = async (revision: number) => {
    try {
      await personaApi.revert(persona.id, newest.revision, revision);
    } finally {
      // Also after a refusal: somebody may have been faster, and the list then shows what they did.
      await refresh(persona.id);
    }
    announce(`“${persona.name}” is as it was in revision ${revision}.`);
  };
  return (
    <ConfirmDialog
      open={to !== null}
      title={`Go back to revision ${to?.revision ?? ''}?`}
      submit={`Go back to revision ${to?.revision ?? ''}`}
      sending="Going back…"
      look="primary"
      onClose={onClose}
      onConfirm={async () => {
        if (to !== null) await revert(to.revision);
      }}
    >
      {to !== null && (
        <>
          <p className="text-pretty">
            {persona.name} becomes what it was then, as a new revision. Nothing is lost: the revisions since stay here,
            and runs under way keep the version they began with.
          </p>
          <DiffView
            label="What going back changes"
            changes={compareDefinitions(newest.definition, to.definition, names)}
          />
        </>
      )}
    </ConfirmDialog>
  );
}
