import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import type { MemberView } from '#channels/http/contract/organization.ts';
import { organizationApi, type Role } from '../../account-api.ts';
import { accountKeys, useChange, useMembers } from '../../account-queries.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { formatMoment, formatShort } from '../../format.ts';
import { useMay, useSession } from '../../session.tsx';
import { allRoles, roleWords } from '../../words.ts';
import { InvitationsSection, InviteDialog } from './invitations.tsx';
import { RoleChoice } from './role-choice.tsx';
import { Mark, Rows, RowText } from './rows.tsx';

export function MembersPage() {
  const may = useMay();
  const members = useMembers();
  const [inviting, setInviting] = useState(false);
  return (
    <>
      <title>Members – Personas for Ninox</title>
      <Panel
        title="Members"
        intro="Everybody has one role here. It says what a person can do, and what a persona can do for them."
        aside={
          may('members:manage') && (
            <Button look="primary" onClick={() => setInviting(true)}>
              <UserPlus className="size-4" aria-hidden />
              Invite
            </Button>
          )
        }
      >
        <Rows label="Members" list={members} empty="Nobody belongs here yet.">
          {(member) => <MemberRow member={member} />}
        </Rows>
      </Panel>
      {may('members:manage') && <InvitationsSection onInvite={() => setInviting(true)} />}
      <RolesSection />
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </>
  );
}

function RolesSection() {
  return (
    <Panel title="What the roles can do">
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        {allRoles.map((role) => (
          <div key={role} className="grid content-start gap-0.5">
            <dt className="font-medium">{roleWords[role].title}</dt>
            <dd className="text-ink-2 text-pretty">{roleWords[role].explanation}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

type Question = 'role' | 'remove' | null;

function MemberRow({ member }: { member: MemberView }) {
  const may = useMay();
  const { role: mine } = useSession();
  const [question, setQuestion] = useState<Question>(null);
  // Only an owner makes or unmakes owners.
  const changeable = may('members:manage') && (mine === 'owner' || member.role !== 'owner');
  const close = () => setQuestion(null);
  return (
    <>
      <RowText
        title={
          <>
            {member.name}
            {member.isYou && <Mark tone="accent">You</Mark>}
          </>
        }
      >
        {member.email} · since{' '}
        <time dateTime={member.joinedAt} title={formatMoment(member.joinedAt)}>
          {formatShort(member.joinedAt)}
        </time>
      </RowText>
      <Mark>{roleWords[member.role].title}</Mark>
      <div className="flex gap-2 empty:hidden">
        {changeable && (
          <Button aria-label={`Change the role of ${member.name}`} onClick={() => setQuestion('role')}>
            Change role
          </Button>
        )}
        {member.isYou ? (
          <Button onClick={() => setQuestion('remove')}>Leave</Button>
        ) : (
          changeable && (
            <Button aria-label={`Remove ${member.name}`} onClick={() => setQuestion('remove')}>
              Remove
            </Button>
          )
        )}
      </div>
      <ChangeRole key={member.role} open={question === 'role'} member={member} onClose={close} />
      {member.isYou ? (
        <Leave open={question === 'remove'} onClose={close} />
      ) : (
        <Remove open={question === 'remove'} member={member} onClose={close} />
      )}
    </>
  );
}

interface MemberDialogProps {
  readonly open: boolean;
  readonly member: MemberView;
  readonly onClose: () => void;
}

function ChangeRole({ open, member, onClose }: MemberDialogProps) {
  const announce = useAnnounce();
  const [role, setRole] = useState<Role>(member.role);
  const change = useChange(
    (next: Role) => organizationApi.changeRole(member.id, next),
    accountKeys.members,
    accountKeys.session,
  );
  return (
    <ConfirmDialog
      open={open}
      title={member.isYou ? 'Your role' : `The role of ${member.name}`}
      submit="Change role"
      sending="Changing…"
      look="primary"
      onClose={onClose}
      onConfirm={async () => {
        await change.mutateAsync(role);
        announce(`${member.isYou ? 'You are' : `${member.name} is`} ${roleWords[role].title.toLowerCase()} now.`);
      }}
    >
      <RoleChoice value={role} onChange={setRole} />
    </ConfirmDialog>
  );
}

function Remove({ open, member, onClose }: MemberDialogProps) {
  const announce = useAnnounce();
  const remove = useChange(organizationApi.removeMember, accountKeys.members);
  return (
    <ConfirmDialog
      open={open}
      title={`Remove ${member.name}?`}
      submit="Remove"
      sending="Removing…"
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync(member.id);
        announce(`${member.name} no longer belongs here.`);
      }}
    >
      <p className="text-pretty">
        {member.name} can no longer come in, and their API keys and personal connections here stop working at once. What
        they did stays in Activity.
      </p>
    </ConfirmDialog>
  );
}

function Leave({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { organization } = useSession();
  return (
    <ConfirmDialog
      open={open}
      title={`Leave ${organization?.name ?? 'this organization'}?`}
      submit="Leave"
      sending="Leaving…"
      onClose={onClose}
      onConfirm={async () => {
        await organizationApi.leave();
        window.location.assign('/');
      }}
    >
      <p className="text-pretty">
        You come back only with an invitation. Your API keys and personal connections here stop working at once.
      </p>
    </ConfirmDialog>
  );
}
