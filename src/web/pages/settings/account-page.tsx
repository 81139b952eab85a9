import { useState } from 'react';
import type { SignedInView } from '#channels/http/contract/session.ts';
import { accountApi } from '../../account-api.ts';
import { accountKeys, useChange, useSignedIn } from '../../account-queries.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Form } from '../../components/form.tsx';
import { EmailField, NamedTextField, PasswordField } from '../../components/form-fields.tsx';
import { Panel } from '../../components/panel.tsx';
import { formatMoment, formatShort } from '../../format.ts';
import { forgetDrafts, useMay, useSession } from '../../session.tsx';
import { KnownElsewhere } from './known-elsewhere.tsx';
import { Mark, Rows, RowText } from './rows.tsx';

export function AccountPage() {
  const may = useMay();
  return (
    <>
      <title>Account – Personas for Ninox</title>
      <NameSection />
      <PasswordSection />
      {may('links:own') && <KnownElsewhere />}
      <SignedInSection />
    </>
  );
}

function NameSection() {
  const { user } = useSession();
  const change = useChange(accountApi.changeAccount, accountKeys.session, accountKeys.members);
  return (
    <Panel title="You" intro="Colleagues see your name with what you do; the record of activity keeps it.">
      <Form
        submit="Save"
        sending="Saving…"
        label="You"
        className="max-w-md"
        onSend={async (values) => {
          await change.mutateAsync({ name: values.text('name') });
          return 'Saved.';
        }}
      >
        <NamedTextField name="name" label="Name" defaultValue={user.name} autoComplete="name" maxLength={80} required />
        <EmailField defaultValue={user.email} readOnly hint="You sign in with it. It cannot be changed." />
      </Form>
    </Panel>
  );
}

function PasswordSection() {
  const { user } = useSession();
  const change = useChange(accountApi.changePassword, accountKeys.signedIn);
  return (
    <Panel title="Password" intro="Changing it signs you out everywhere else.">
      <Form
        submit="Change password"
        sending="Changing…"
        label="Password"
        className="max-w-md"
        emptied
        onSend={async (values) => {
          await change.mutateAsync({
            currentPassword: values.text('currentPassword'),
            newPassword: values.text('newPassword'),
          });
          return 'Changed. You are signed out everywhere else.';
        }}
      >
        {/* Tells password managers whose password it is. */}
        <input type="text" autoComplete="username" value={user.email} readOnly hidden />
        <PasswordField label="Current password" name="currentPassword" />
        <PasswordField label="New password" name="newPassword" isNew />
      </Form>
    </Panel>
  );
}

function SignedInSection() {
  const signedIn = useSignedIn();
  const [ending, setEnding] = useState(false);
  return (
    <Panel
      title="Where you are signed in"
      intro="Something you do not know? Sign it out and change your password."
      aside={<Button onClick={() => setEnding(true)}>Sign out everywhere</Button>}
    >
      <Rows label="Where you are signed in" list={signedIn} empty="You are signed in nowhere else.">
        {(place) => <SignedInRow place={place} />}
      </Rows>
      <ConfirmDialog
        open={ending}
        title="Sign out everywhere?"
        submit="Sign out everywhere"
        sending="Signing out…"
        onClose={() => setEnding(false)}
        onConfirm={async () => {
          await accountApi.endAllSessions();
          forgetDrafts();
          window.location.assign('/sign-in');
        }}
      >
        <p className="text-pretty">Every browser is signed out, this one too. API keys go on working.</p>
      </ConfirmDialog>
    </Panel>
  );
}

function SignedInRow({ place }: { place: SignedInView }) {
  const announce = useAnnounce();
  const [ending, setEnding] = useState(false);
  const end = useChange(accountApi.endSession, accountKeys.signedIn);
  return (
    <>
      <RowText
        title={
          <>
            {place.device}
            {place.current && <Mark tone="accent">This browser</Mark>}
          </>
        }
      >
        {place.ipAddress !== null && `${place.ipAddress} · `}
        last seen <time dateTime={place.lastSeenAt}>{formatMoment(place.lastSeenAt)}</time> · signed in{' '}
        <time dateTime={place.createdAt}>{formatShort(place.createdAt)}</time>
      </RowText>
      {!place.current && (
        <Button aria-label={`Sign out ${place.device}`} onClick={() => setEnding(true)}>
          Sign out
        </Button>
      )}
      <ConfirmDialog
        open={ending}
        title="Sign out there?"
        submit="Sign out"
        sending="Signing out…"
        look="primary"
        onClose={() => setEnding(false)}
        onConfirm={async () => {
          await end.mutateAsync(place.id);
          announce(`${place.device} is signed out.`);
        }}
      >
        <p className="text-pretty">{place.device} needs your password to come back.</p>
      </ConfirmDialog>
    </>
  );
}
