import { LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { describeError } from '../api-client.ts';
import { Button } from './button.tsx';
import { Modal, ModalActions } from './modal.tsx';
import { Notice } from './states.tsx';

/** Asks before something is done that matters. An error stays in the dialog, with everything else as it was. */
export function ConfirmDialog({
  open,
  title,
  confirm,
  onConfirm,
  onClose,
  danger = false,
  busy = false,
  disabled = false,
  error,
  children,
}: {
  open: boolean;
  title: string;
  /** What the button says: what will be done, never just “OK”. */
  confirm: string;
  onConfirm: () => void;
  onClose: () => void;
  danger?: boolean;
  busy?: boolean;
  disabled?: boolean;
  error?: unknown;
  children: ReactNode;
}) {
  return (
    <Modal open={open} title={title} onClose={onClose} busy={busy}>
      {children}
      {error !== undefined && error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(error)}
        </Notice>
      )}
      <ModalActions>
        <Button disabled={busy} onClick={onClose}>
          Cancel
        </Button>
        <Button look={danger ? 'danger' : 'primary'} disabled={busy || disabled} onClick={onConfirm}>
          {busy && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          {confirm}
        </Button>
      </ModalActions>
    </Modal>
  );
}
