import type { ReactNode } from 'react';
import { Button, type ButtonLook } from './button.tsx';
import { Form } from './form.tsx';
import type { FormValues } from './form-values.ts';
import { Modal } from './modal.tsx';

/** Asks in a dialog before something is done, with fields where some are needed; a refusal is said in it. */
export function ConfirmForm({
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
  submit: string;
  sending: string;
  look?: ButtonLook;
  onConfirm: (values: FormValues) => Promise<void>;
  onClose: () => void;
}) {
  return (
    <Modal open={open} title={title} onClose={onClose}>
      <Form
        look="danger"
        {...form}
        beside={<Button onClick={onClose}>Cancel</Button>}
        onSend={async (values) => {
          await onConfirm(values);
          onClose();
          return undefined;
        }}
      >
        {children}
      </Form>
    </Modal>
  );
}
