import { X } from 'lucide-react';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './button.tsx';

/**
 * A dialog over the page. The browser's own: it keeps the focus inside, closes on Escape and gives the focus back.
 * Its heading takes the focus when it opens, so that nothing is pressed by mistake. Not closable while `busy`.
 */
export function Modal({
  open,
  title,
  onClose,
  busy = false,
  children,
}: {
  open: boolean;
  title: string;
  onClose: () => void;
  busy?: boolean;
  children: ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const headingId = useId();
  useEffect(() => {
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    heading.current?.focus();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={headingId}
      onClose={() => open && onClose()}
      onCancel={(event) => busy && event.preventDefault()}
      className="m-auto max-h-[min(44rem,calc(100dvh-1.5rem))] w-[min(34rem,calc(100vw-1.5rem))] max-w-none overflow-hidden rounded-2xl border border-line bg-surface shadow-high"
    >
      {open && (
        <div className="flex max-h-[inherit] flex-col">
          <div className="flex items-start justify-between gap-3 border-line border-b py-2 ps-5 pe-2">
            <h2 ref={heading} id={headingId} tabIndex={-1} className="py-2 font-semibold text-base outline-none">
              {title}
            </h2>
            <IconButton label="Close" disabled={busy} onClick={onClose}>
              <X className="size-5" aria-hidden />
            </IconButton>
          </div>
          <div className="grid min-h-0 gap-4 overflow-y-auto p-5">{children}</div>
        </div>
      )}
    </dialog>
  );
}

/** The buttons at the foot of a dialog; full width on a phone. */
export function ModalActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2 max-sm:*:flex-[1_1_8rem]">{children}</div>;
}
