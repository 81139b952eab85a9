import { useState } from 'react';
import type { InvitationView, InvitedView } from '#channels/http/contract/organization.ts';
import { organizationApi, type Role } from '../../account-api.ts';
import { accountKeys, useChange, useInvitations } from '../../account-queries.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Form } from '../../components/form.tsx';
import { EmailField } from '../../components/form-fields.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { Panel } from '../../components/panel.tsx';
import { SecretLine } from '../../components/secret-line.tsx';
import { formatMinute } from '../../format.ts';
import { useSession } from '../../session.tsx';
import { roleWords } from '../../words.ts';
import { RoleChoice } from './role-choice.tsx';
import { Mark, Rows, RowText } from './rows.tsx';

/** The invitations nobody has accepted yet. */
export function InvitationsSection({ onInvite }: { onInvite: () => void }) {
  const invitations = useInvitations();
  return (
    <Panel title="Open invitations">
      <Rows
        label="Open invitations"
        list={invitations}
        empty={
          <>
            Nobody is invited at the moment.{' '}
            <Button look="quiet" className="-my-2 px-1! underline underline-offset-2" onClick={onInvite}>
              Invite somebody
            </Button>
          </>
        }
      >
        {(invitation) => <InvitationRow invitation={invitation} />}
      </Rows>
    </Panel>
  );
}

function InvitationRow({ invitation }: { invitation: InvitationView }) {
  const announce = useAnnounce();
  const [withdrawing, setWithdrawing] = useState(false);
  const withdraw = useChange(organizationApi.withdraw, accountKeys.invitations);
  return (
    <>
      <RowText
        title={
          <>
            {invitation.email}
            {invitation.expired && <Mark tone="warn">Expired</Mark>}
          </>
        }
      >
        invited by {invitation.invitedBy} · {invitation.expired ? 'was valid until' : 'valid until'}{' '}
        <time dateTime={invitation.expiresAt}>{formatMinute(invitation.expiresAt)}</time>
      </RowText>
      <Mark>{roleWords[invitation.role].title}</Mark>
      <Button aria-label={`Withdraw the invitation of ${invitation.email}`} onClick={() => setWithdrawing(true)}>
        Withdraw
      </Button>
      <ConfirmDialog
        open={withdrawing}
        title="Withdraw this invitation?"
        submit="Withdraw"
        sending="Withdrawing…"
        onClose={() => setWithdrawing(false)}
        onConfirm={async () => {
          await withdraw.mutateAsync(invitation.id);
          announce(`The invitation of ${invitation.email} is withdrawn.`);
        }}
      >
        <p className="wrap-anywhere text-pretty">The link {invitation.email} got stops working at once.</p>
      </ConfirmDialog>
    </>
  );
}

/** Asks whom to invite, and then shows the link: once, and only here. */
export function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [invited, setInvited] = useState<InvitedView | null>(null);
  const close = () => {
    setInvited(null);
    onClose();
  };
  return (
    <Modal open={open} title={invited === null ? 'Invite somebody' : 'Invitation made'} onClose={close}>
      {invited === null ? (
        <InviteForm onInvited={setInvited} onCancel={close} />
      ) : (
        <Invited invited={invited} onClose={close} />
      )}
    </Modal>
  );
}

function InviteForm({ onInvited, onCancel }: { onInvited: (invited: InvitedView) => void; onCancel: () => void }) {
  const { mailEnabled } = useSession();
  const [role, setRole] = useState<Role>('member');
  const invite = useChange(organizationApi.invite, accountKeys.invitations);
  return (
    <Form
      submit="Invite"
      sending="Inviting…"
      beside={<Button onClick={onCancel}>Cancel</Button>}
      onSend={async (values) => {
        onInvited(await invite.mutateAsync({ email: values.text('email'), role }));
        return undefined;
      }}
    >
      <EmailField
        autoComplete="off"
        hint={
          mailEnabled
            ? 'The link goes there by e-mail; you see it too.'
            : 'You get a link to pass on: this service cannot send e-mail. Only an account with this e-mail can use it.'
        }
      />
      <RoleChoice value={role} onChange={setRole} />
    </Form>
  );
}

function Invited({ invited: { invitation, link, mailed }, onClose }: { invited: InvitedView; onClose: () => void }) {
  return (
    <>
      <p role="status" className="wrap-anywhere text-pretty">
        {mailed
          ? `The link is on its way to ${invitation.email}. You can also pass it on yourself.`
          : `Pass this link on to ${invitation.email}: it was not sent by e-mail.`}{' '}
        It is shown only now, and valid until {formatMinute(invitation.expiresAt)}.
      </p>
      <SecretLine label="Link" text={link} />
      <ModalActions>
        <Button onClick={onClose}>Done</Button>
      </ModalActions>
    </>
  );
}
