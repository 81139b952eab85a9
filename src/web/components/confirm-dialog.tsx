import { type ReactNode, useState } from 'react';
import { Button, type ButtonLook } from './button.tsx';
import { Form } from './form.tsx';
import type { FormValues } from './form-values.ts';
import { Modal } from './modal.tsx';

/** Asks before something is done that matters, with fields where some are needed; a refusal is said in the dialog. */
export function ConfirmDialog({
  open,
  title,
  children,
  onConfirm,
  onClose,
  ...form
}: {
  open: boolean;
  title: string;
  children: ReactNode;
  /** What the button says: what will be done, never just “OK”. */
  submit: string;
  sending: string;
  look?: ButtonLook;
  disabled?: boolean;
  onConfirm: (values: FormValues) => Promise<void> | void;
  onClose: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const send = async (values: FormValues) => {
    setBusy(true);
    try {
      await onConfirm(values);
    } finally {
      setBusy(false);
    }
    onClose();
    return undefined;
  };
  return (
    <Modal open={open} title={title} onClose={onClose} busy={busy}>
      <Form look="danger" {...form} beside={<Button onClick={onClose}>Cancel</Button>} onSend={send}>
        {children}
      </Form>
    </Modal>
  );
}
