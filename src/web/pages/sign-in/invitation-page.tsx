import { Link, useParams } from 'react-router';
import type { InvitationLinkView } from '#channels/http/contract/organization.ts';
import type { SessionView } from '#channels/http/contract/session.ts';
import { accountApi, organizationApi } from '../../account-api.ts';
import { useInvitation, useSessionQuery } from '../../account-queries.ts';
import { ProblemError } from '../../api-client.ts';
import { buttonClass } from '../../components/button.tsx';
import { EntryFrame } from '../../components/entry-frame.tsx';
import { Form } from '../../components/form.tsx';
import { EmailField, NamedTextField, PasswordField } from '../../components/form-fields.tsx';
import { ErrorState, LoadingPage } from '../../components/states.tsx';
import { forgetDrafts } from '../../session.tsx';
import { roleWords } from '../../words.ts';
import { SignInForm } from './sign-in-page.tsx';

/** Where an invitation's link leads: joining with the account one has, or making one. */
export function InvitationPage() {
  const { token = '' } = useParams();
  const session = useSessionQuery();
  const invitation = useInvitation(token);
  const error = session.error ?? invitation.error;
  if (error instanceof ProblemError && error.status === 404) return <Unusable detail={error.detail} />;
  if (invitation.data === undefined || session.data === undefined) {
    if (error === null) return <LoadingPage />;
    const retry = () => void Promise.all([session.refetch(), invitation.refetch()]);
    return <ErrorState heading="h1" title="The invitation could not be loaded" error={error} onRetry={retry} />;
  }
  const { organization, invitedBy, role } = invitation.data;
  return (
    <EntryFrame
      title={`Join ${organization}`}
      intro={
        <>
          {invitedBy} invites you as <strong className="font-semibold text-ink">{roleWords[role].title}</strong>:{' '}
          {lowerFirst(roleWords[role].explanation)}
        </>
      }
    >
      <title>{`Join ${organization} – Personas for Ninox`}</title>
      <Joining token={token} invitation={invitation.data} user={session.data.user} />
    </EntryFrame>
  );
}

interface JoiningProps {
  readonly token: string;
  readonly invitation: InvitationLinkView;
  readonly user: SessionView['user'];
}

/** The page starts anew afterwards: nothing of another organization stays on it. */
const enter = () => window.location.assign('/');

function Joining({ token, invitation, user }: JoiningProps) {
  if (user !== null && user.email !== invitation.email) return <SomebodyElse invitation={invitation} user={user} />;
  if (user !== null) {
    return (
      <Form
        submit="Join"
        sending="Joining…"
        wide
        onSend={async () => {
          await organizationApi.acceptInvitation(token);
          enter();
          return undefined;
        }}
      >
        <p>
          You are signed in as {user.name} ({user.email}).
        </p>
      </Form>
    );
  }
  if (invitation.hasAccount) {
    return (
      <SignInForm
        email={invitation.email}
        submit="Sign in and join"
        onSignedIn={async () => {
          await organizationApi.acceptInvitation(token);
          enter();
        }}
      />
    );
  }
  return (
    <Form
      submit="Create the account and join"
      sending="Joining…"
      wide
      onSend={async (values) => {
        await organizationApi.signUpInvited(token, {
          name: values.text('name'),
          password: values.text('password'),
        });
        enter();
        return undefined;
      }}
    >
      <EmailField defaultValue={invitation.email} readOnly />
      <NamedTextField name="name" label="Your name" autoComplete="name" maxLength={80} required autoFocus />
      <PasswordField isNew />
    </Form>
  );
}

function SomebodyElse({
  invitation,
  user,
}: {
  invitation: InvitationLinkView;
  user: NonNullable<SessionView['user']>;
}) {
  return (
    <Form
      submit="Sign out and go on"
      sending="Signing out…"
      wide
      beside={
        <Link to="/" className={buttonClass('secondary', 'w-full')}>
          Stay signed in
        </Link>
      }
      onSend={async () => {
        await accountApi.signOut();
        forgetDrafts();
        window.location.reload();
        return undefined;
      }}
    >
      <p className="text-pretty wrap-anywhere">
        The invitation is for {invitation.email}, and you are signed in as {user.email}. Sign out to accept it.
      </p>
    </Form>
  );
}

function Unusable({ detail }: { detail: string }) {
  return (
    <EntryFrame title="This invitation cannot be used" intro={detail}>
      <title>Invitation – Personas for Ninox</title>
      <Link to="/sign-in" className={buttonClass()}>
        Go to the sign-in
      </Link>
    </EntryFrame>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
