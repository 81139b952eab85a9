import { LoaderCircle } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { Modal } from '../../../components/modal.tsx';
import { formatMoment } from '../../../format.ts';
import { differences } from './differences.ts';
import type { JobEdit } from './use-job-edit.ts';

/** The job was changed elsewhere meanwhile: what differs, and whose text stays. Nothing written here is lost by it. */
export function ConflictDialog({ edit, onTaken }: { edit: JobEdit; onTaken: () => void }) {
  const { newest, saving, definition } = edit;
  return (
    <Modal open={newest !== null} title="This job was changed meanwhile" busy={saving} onClose={edit.settle}>
      {newest !== null && (
        <>
          <p className="text-pretty">
            It was saved elsewhere on {formatMoment(newest.updatedAt)}, after you had opened it. Nothing of yours was
            saved yet and nothing is lost.
          </p>
          <div className="grid gap-1.5">
            <h3 className="font-semibold">Where the two differ</h3>
            <Differing names={differences(newest.definition, definition)} />
          </div>
          <div className="flex flex-wrap justify-end gap-2 max-sm:*:w-full">
            <Button disabled={saving} onClick={edit.settle}>
              Go on editing
            </Button>
            <Button
              disabled={saving}
              onClick={() => {
                edit.takeTheirs();
                onTaken();
              }}
            >
              Take theirs, drop mine
            </Button>
            <Button look="danger" disabled={saving} onClick={edit.overwrite}>
              {saving && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
              Overwrite with mine
            </Button>
          </div>
        </>
      )}
    </Modal>
  );
}

function Differing({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <p className="text-ink-2">Nowhere: only whether it is paused was changed.</p>;
  return (
    <ul className="grid list-disc gap-0.5 ps-5">
      {names.map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}
