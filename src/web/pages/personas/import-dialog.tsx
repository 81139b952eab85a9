import { useMutation } from '@tanstack/react-query';
import { FileUp, LoaderCircle } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { useNavigate } from 'react-router';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Modal } from '../../components/modal.tsx';
import { Notice } from '../../components/states.tsx';
import { personaApi, useRefreshPersona } from './api.ts';
import { lineNamed } from './line-named.ts';

/** What the service takes at most for a persona's file. */
const maxBytes = 64 * 1024;

class FileProblem extends Error {}

/** Makes a persona from a file that is dropped or chosen; what is wrong with it is said with its line. */
export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const refresh = useRefreshPersona();
  const [text, setText] = useState('');
  const { mutate, reset, isPending, error } = useMutation({
    async mutationFn(files: readonly File[]) {
      setText('');
      const [file] = files;
      if (file === undefined || files.length > 1) throw new FileProblem('Take one file at a time.');
      if (file.size > maxBytes) throw new FileProblem(`${file.name} is larger than 64 kB. Shorten the instructions.`);
      const read = await file.text();
      setText(read);
      return personaApi.importFile(file.name, read);
    },
    async onSuccess({ persona }) {
      await refresh(persona.id);
      announce(`Imported “${persona.name}”.`);
      void navigate(`/personas/${persona.id}`);
    },
  });
  const close = () => {
    reset();
    onClose();
  };
  const line = error === null ? null : lineNamed(error.message, text);
  return (
    <Modal open={open} title="Import a persona from a file" busy={isPending} onClose={close}>
      <DropZone busy={isPending} onFiles={mutate} />
      {error !== null && (
        <Notice tone="bad" role="alert" title="Not imported">
          <p className="whitespace-pre-wrap">{error instanceof FileProblem ? error.message : describeError(error)}</p>
          {line !== null && (
            <p className="mt-1.5 overflow-x-auto rounded border border-line bg-surface px-2 py-1 font-mono text-xs whitespace-pre">
              <span className="me-3 text-ink-3 select-none">{line.number}</span>
              {line.text}
            </p>
          )}
        </Notice>
      )}
      <p className="text-ink-2 text-xs text-pretty">
        A persona’s file is Markdown with its settings between two lines “---” at the beginning: what “Export to a file”
        gives, and what lies in the folder <code>personas</code>. Importing makes a new persona; nothing is replaced.
      </p>
    </Modal>
  );
}

function DropZone({ busy, onFiles }: { busy: boolean; onFiles: (files: readonly File[]) => void }) {
  const [over, setOver] = useState(false);
  const hintId = useId();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!busy && event.dataTransfer.files.length > 0) onFiles([...event.dataTransfer.files]);
  };
  return (
    <label
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`grid cursor-pointer justify-items-center gap-2 rounded-xl border-2 border-dashed px-4 py-8 text-center has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2 ${over ? 'border-accent bg-accent-soft' : 'border-control hover:bg-sunken'}`}
    >
      {busy ? (
        <LoaderCircle className="size-6 animate-spin text-accent" aria-hidden />
      ) : (
        <FileUp className="size-6 text-accent" aria-hidden />
      )}
      <span className="font-medium">{busy ? 'Importing…' : 'Choose a file'}</span>
      <span id={hintId} className="text-ink-2 max-md:hidden">
        or drop it here
      </span>
      <input
        type="file"
        accept=".md,text/markdown,text/plain"
        disabled={busy}
        aria-label="Choose a file"
        className="sr-only"
        onChange={(event) => {
          if (event.target.files !== null && event.target.files.length > 0) onFiles([...event.target.files]);
          // So that the same file, corrected, can be chosen again.
          event.target.value = '';
        }}
      />
    </label>
  );
}
