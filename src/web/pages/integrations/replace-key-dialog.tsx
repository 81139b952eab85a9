import { CircleCheck, LoaderCircle } from 'lucide-react';
import { useState } from 'react';
import type { ConnectionView, ReplacedKeyView } from '#channels/http/contract/connections.ts';
import { Button } from '../../components/button.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { Notice } from '../../components/states.tsx';
import { connectionsApi, useConnectionChange } from './api.ts';
import { countOf, plainProblem } from './connection-words.ts';
import { KeyField } from './key-field.tsx';
import { SeenList } from './seen-list.tsx';

interface ReplaceKeyProps {
  readonly connection: ConnectionView;
  /** Of the integration. */
  readonly title: string;
  readonly keyHelp: string | null;
  readonly onClose: () => void;
}

/** A new key for the old one, without a moment with neither: the new one is tested first and must see as much. */
export function ReplaceKeyDialog({ open, ...props }: ReplaceKeyProps & { open: boolean }) {
  const [busy, setBusy] = useState(false);
  return (
    <Modal
      open={open}
      busy={busy}
      onClose={props.onClose}
      title={props.connection.status === 'needs_reconnect' ? 'Reconnect with a new key' : 'Replace the key'}
    >
      <ReplaceKey {...props} onBusy={setBusy} />
    </Modal>
  );
}

function ReplaceKey({
  connection,
  title,
  keyHelp,
  onClose,
  onBusy,
}: ReplaceKeyProps & { onBusy: (busy: boolean) => void }) {
  const [key, setKey] = useState('');
  const [tooShort, setTooShort] = useState(false);
  const replace = useConnectionChange(
    (acceptLoss: boolean) => connectionsApi.replaceKey(connection.id, { key: key.trim(), acceptLoss }),
    (answer: ReplacedKeyView) => (answer.replaced ? answer.connection : null),
  );
  const send = (acceptLoss: boolean) => {
    if (key.trim().length < 8) return setTooShort(true);
    onBusy(true);
    replace.mutate(acceptLoss, { onSettled: () => onBusy(false) });
  };
  if (replace.data?.replaced === true) return <Replaced title={title} onClose={onClose} />;
  const lost = replace.data?.lost ?? [];
  if (lost.length > 0 && !replace.isPending) {
    return <Loses lost={lost} onAccept={() => send(true)} onOther={() => replace.reset()} onClose={onClose} />;
  }
  const { seen } = connection.health;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!replace.isPending) send(false);
      }}
      className="grid gap-4"
    >
      <ol className="grid list-decimal gap-1 ps-5 text-ink-2">
        <li>Make a new key in {title}; leave the old one as it is for now.</li>
        <li>
          Paste it here. It is tested first
          {seen.length > 0 && ` and must see what the old one sees, ${countOf(seen.length, 'team')}`}.
        </li>
        <li>Then it takes over, without a break. After that, delete the old key in {title}.</li>
      </ol>
      <KeyField
        label="New API key"
        value={key}
        disabled={replace.isPending}
        error={tooShort && key.trim().length < 8 ? 'Paste the whole key: it has at least 8 characters.' : null}
        {...(keyHelp === null ? {} : { hint: keyHelp })}
        onValue={setKey}
      />
      <p role="status" className="text-ink-2 empty:hidden">
        {replace.isPending && 'Testing the new key…'}
      </p>
      {replace.error !== null && !replace.isPending && (
        <Notice tone="bad" role="alert" title="The key was not replaced. The old one stays in use.">
          {plainProblem(replace.error)}
        </Notice>
      )}
      <ModalActions>
        <Button disabled={replace.isPending} onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" look="primary" aria-disabled={replace.isPending}>
          {replace.isPending && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          {replace.isPending ? 'Testing…' : 'Test and replace'}
        </Button>
      </ModalActions>
    </form>
  );
}

function Loses({
  lost,
  onAccept,
  onOther,
  onClose,
}: {
  lost: ReplacedKeyView['lost'];
  onAccept: () => void;
  onOther: () => void;
  onClose: () => void;
}) {
  return (
    <>
      <Notice
        tone="warn"
        role="alert"
        title={`The new key does not see ${countOf(lost.length, 'team')} the old one sees`}
      >
        <div className="grid gap-2 pt-1">
          <SeenList label="Teams that would be lost" items={lost} />
          <p>Nothing was changed: the old key stays in use. Personas that work in these teams would stop there.</p>
        </div>
      </Notice>
      <ModalActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button onClick={onOther}>Use another key</Button>
        <Button look="danger" onClick={onAccept}>
          Replace it all the same
        </Button>
      </ModalActions>
    </>
  );
}

function Replaced({ title, onClose }: { title: string; onClose: () => void }) {
  return (
    <>
      <Notice tone="good" icon={CircleCheck} role="status" title="The new key is in use">
        The old one is not used any more. Delete it in {title} now, so that nobody else can use it either.
      </Notice>
      <ModalActions>
        <Button look="primary" autoFocus onClick={onClose}>
          Done
        </Button>
      </ModalActions>
    </>
  );
}
