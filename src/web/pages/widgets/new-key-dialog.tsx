import { useState } from 'react';
import type { CreatedWidgetKeyView, WidgetView } from '#channels/http/contract/widgets.ts';
import { Button } from '../../components/button.tsx';
import { ChoiceCards } from '../../components/choice-cards.tsx';
import { Field, inputClass } from '../../components/field.tsx';
import { Form, useFieldProblem } from '../../components/form.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { SecretLine } from '../../components/secret-line.tsx';
import { Notice } from '../../components/states.tsx';
import { useRefreshWidget, widgetApi } from './api.ts';
import { SigningHelp } from './signing-help.tsx';

interface NewKeyProps {
  readonly widget: WidgetView;
  readonly onClose: () => void;
}

/** Makes a key, and shows what is secret of it: once, and only here. */
export function NewKeyDialog({ open, widget, onClose }: NewKeyProps & { open: boolean }) {
  const [created, setCreated] = useState<CreatedWidgetKeyView | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  return (
    <Modal open={open} title={created === null ? 'New key' : 'Your new key'} onClose={close}>
      {created === null ? (
        <KeyForm widget={widget} onCreated={setCreated} onClose={close} />
      ) : (
        <Created widget={widget} created={created} onClose={close} />
      )}
    </Modal>
  );
}

const kinds = [
  {
    value: 'HS256',
    title: 'A shared secret (HS256)',
    description: 'Made here and shown once. The simplest; your server and this service hold the same secret.',
  },
  {
    value: 'EdDSA',
    title: 'A key pair of yours (EdDSA)',
    description: 'You make an Ed25519 pair and give its public half. Nothing secret leaves your server.',
  },
] as const;

function KeyForm({ widget, onCreated, onClose }: NewKeyProps & { onCreated: (created: CreatedWidgetKeyView) => void }) {
  const [algorithm, setAlgorithm] = useState<'HS256' | 'EdDSA'>('HS256');
  const refresh = useRefreshWidget(widget.id);
  return (
    <Form
      submit={algorithm === 'HS256' ? 'Make the key' : 'Add the key'}
      sending="Making…"
      beside={<Button onClick={onClose}>Cancel</Button>}
      onSend={async (values) => {
        const request =
          algorithm === 'HS256' ? { algorithm } : { algorithm, publicKey: values.text('publicKey').trim() };
        const created = await widgetApi.createKey(widget.id, request);
        onCreated(created);
        void refresh();
        return undefined;
      }}
    >
      <ChoiceCards
        legend="What your server signs with"
        choices={kinds}
        value={algorithm}
        onChange={(value) => setAlgorithm(value === 'EdDSA' ? 'EdDSA' : 'HS256')}
      />
      {algorithm === 'EdDSA' && <PublicKeyField />}
    </Form>
  );
}

function PublicKeyField() {
  const problem = useFieldProblem('publicKey');
  return (
    <Field label="Public key" hint="As JWK or in PEM. Never the private key." error={problem}>
      {(ids) => (
        <textarea
          {...ids}
          name="publicKey"
          rows={5}
          placeholder={'-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----'}
          autoComplete="off"
          spellCheck={false}
          className={`${inputClass} py-2 font-mono text-xs!`}
        />
      )}
    </Field>
  );
}

function Created({ widget, created: { key, secret }, onClose }: NewKeyProps & { created: CreatedWidgetKeyView }) {
  return (
    <>
      {secret === null ? (
        <Notice tone="good" role="status">
          The public key is stored. Tokens name it by its id, <code className="font-mono text-xs">{key.id}</code>.
        </Notice>
      ) : (
        <>
          <Notice tone="warn" role="status">
            Copy the secret now and keep it on your server alone. It is shown only this once; nobody can look it up
            later.
          </Notice>
          <SecretLine label="Secret" text={secret} />
        </>
      )}
      <SigningHelp widget={widget} signingKey={key} />
      <ModalActions>
        <Button onClick={onClose}>Done</Button>
      </ModalActions>
    </>
  );
}
