import { useMutation } from '@tanstack/react-query';
import { FileUp, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { describeError } from '../../../api-client.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Modal } from '../../../components/modal.tsx';
import { Notice } from '../../../components/states.tsx';
import { lineNamed } from '../../../pages/personas/line-named.ts';
import { jobApi } from '../api.ts';
import { useRefreshJob } from '../queries.ts';

const maxBytes = 64 * 1024;

class FileProblem extends Error {}

/** Makes a job from a file; what is wrong with it is said with its line. */
export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const [text, setText] = useState('');
  const { mutate, reset, isPending, error } = useMutation({
    async mutationFn(file: File) {
      setText('');
      if (file.size > maxBytes) throw new FileProblem(`${file.name} is larger than 64 kB. Shorten the prompt.`);
      const read = await file.text();
      setText(read);
      return jobApi.importFile(read);
    },
    async onSuccess(job) {
      await refresh(job.id);
      announce(`Imported “${job.definition.name}”.`);
      void navigate(`/jobs/${job.id}`);
    },
  });
  const close = () => {
    reset();
    onClose();
  };
  const line = error === null ? null : lineNamed(error.message, text);
  const Icon = isPending ? LoaderCircle : FileUp;
  return (
    <Modal open={open} title="Import a job from a file" busy={isPending} onClose={close}>
      <label className="grid cursor-pointer justify-items-center gap-2 rounded-xl border-2 border-control border-dashed px-4 py-8 text-center hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2">
        <Icon className={`size-6 text-accent ${isPending ? 'animate-spin' : ''}`} aria-hidden />
        <span className="font-medium">{isPending ? 'Importing…' : 'Choose a file'}</span>
        <input
          type="file"
          accept=".md,text/markdown,text/plain"
          disabled={isPending}
          aria-label="Choose a file"
          className="sr-only"
          onChange={(event) => {
            const [file] = event.target.files ?? [];
            if (file !== undefined) mutate(file);
            // So that the same file, corrected, can be chosen again.
            event.target.value = '';
          }}
        />
      </label>
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
        A job’s file is Markdown with its settings between two lines “---” at the beginning and its prompt below: what
        “Export to a file” gives. Importing makes a new job that acts as you, without standing approvals.
      </p>
    </Modal>
  );
}
