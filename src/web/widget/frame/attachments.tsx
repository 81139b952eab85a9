import { FileText, Paperclip, TriangleAlert, X } from 'lucide-react';
import { useCallback, useRef, useState } from 'react';
import type { AttachmentView } from '#channels/http/contract/conversations.ts';
import { IconButton } from '../../components/button.tsx';
import { type Attachment, acceptedFiles, attachmentLimits, readAttachment } from './read-attachment.ts';
import type { AttachmentWords, FrameWords } from './words.ts';

const { count: most } = attachmentLimits;

export interface Attachments {
  readonly files: readonly Attachment[];
  /** Why some of what was chosen is not there, in plain words. */
  readonly problems: readonly string[];
  readonly add: (chosen: readonly File[]) => Promise<void>;
  readonly remove: (file: Attachment) => void;
  readonly clear: () => void;
  /** Puts back what was not taken. */
  readonly putBack: (files: readonly AttachmentView[]) => void;
  readonly dismiss: () => void;
}

interface Held {
  readonly files: readonly Attachment[];
  readonly problems: readonly string[];
}

const nothing: Held = { files: [], problems: [] };

/** The files that go along with the next message. */
export function useAttachments(words: AttachmentWords): Attachments {
  const [held, setHeld] = useState(nothing);
  return {
    ...held,
    async add(chosen) {
      const read = await Promise.all(chosen.map(async (file) => ({ file, result: await readAttachment(file) })));
      const files = read.flatMap(({ result }) => (typeof result === 'string' ? [] : [result]));
      const problems = read.flatMap(({ file, result }) =>
        typeof result === 'string' ? [words.refused[result](file.name)] : [],
      );
      setHeld((current) => hold([...current.files, ...files], problems, words));
    },
    remove: (file) => setHeld(({ files }) => ({ files: files.filter((other) => other !== file), problems: [] })),
    clear: useCallback(() => setHeld(nothing), []),
    putBack: useCallback(
      (files) => {
        const given = files.flatMap(({ name, text }) => (text === undefined ? [] : [{ name, text }]));
        setHeld((current) => hold([...given, ...current.files], current.problems, words));
      },
      [words],
    ),
    dismiss: () => setHeld(({ files }) => ({ files, problems: [] })),
  };
}

function hold(files: readonly Attachment[], problems: readonly string[], words: AttachmentWords): Held {
  const left = files.slice(most).map(({ name }) => words.tooMany(name));
  return { files: files.slice(0, most), problems: [...problems, ...left] };
}

/** Opens the dialog of the browser in which files are chosen. */
export function AttachButton({ words, attachments }: { words: AttachmentWords; attachments: Attachments }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={words.attach} className="rounded-xl!" onClick={() => input.current?.click()}>
        <Paperclip className="size-5" aria-hidden />
      </IconButton>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={acceptedFiles}
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])];
          // The same file can be chosen again.
          event.target.value = '';
          void attachments.add(chosen);
        }}
      />
    </>
  );
}

interface AttachedFilesProps {
  readonly words: FrameWords;
  readonly attachments: Attachments;
  /** The button that was pressed is gone: somebody has to have the focus. */
  readonly onRemoved: () => void;
}

/** What goes along with the next message, and what of it cannot. */
export function AttachedFiles({ words, attachments, onRemoved }: AttachedFilesProps) {
  const { files, problems, remove, dismiss } = attachments;
  const { attached, removeFile } = words.attachments;
  return (
    <div className="grid gap-2 empty:hidden">
      {problems.length > 0 && (
        <div role="alert" className="flex items-start gap-2.5 rounded-lg bg-bad-soft py-1 ps-3 pe-1">
          <TriangleAlert className="mt-2.5 size-4 shrink-0 text-bad" aria-hidden />
          <div className="min-w-0 flex-1 py-2 wrap-anywhere">
            {problems.map((problem) => (
              <p key={problem}>{problem}</p>
            ))}
          </div>
          <IconButton label={words.dismiss} onClick={dismiss}>
            <X className="size-4" aria-hidden />
          </IconButton>
        </div>
      )}
      {files.length > 0 && (
        <ul aria-label={attached} className="flex flex-wrap gap-1.5">
          {files.map((file, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two files may have one name
            <li key={index} className="flex min-w-0 items-center rounded-lg border border-line bg-surface ps-2.5">
              <FileText className="size-4 shrink-0 text-ink-3" aria-hidden />
              <span className="min-w-0 truncate ps-1.5 text-xs">{file.name}</span>
              <IconButton
                label={removeFile(file.name)}
                onClick={() => {
                  remove(file);
                  onRemoved();
                }}
              >
                <X className="size-4" aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {/* Always there, so that what comes into it is read out. */}
      <p role="status" className="sr-only">
        {files.map(({ name }) => words.attachments.isAttached(name)).join(' ')}
      </p>
    </div>
  );
}
