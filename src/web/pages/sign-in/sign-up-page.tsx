import { Link, Navigate } from 'react-router';
import { accountApi } from '../../account-api.ts';
import { useSessionQuery, useWelcome } from '../../account-queries.ts';
import { buttonClass } from '../../components/button.tsx';
import { EntryFrame, loneLinkClass } from '../../components/entry-frame.tsx';
import { Form } from '../../components/form.tsx';
import { NamedTextField, NewAccountFields } from '../../components/form-fields.tsx';
import { ErrorState, LoadingPage } from '../../components/states.tsx';

export function SignUpPage() {
  const { data, error, refetch } = useSessionQuery();
  const welcome = useWelcome();
  if (data === undefined) {
    if (error === null) return <LoadingPage />;
    return (
      <ErrorState heading="h1" title="This page could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  if (data.setUpNeeded || data.user !== null) return <Navigate to="/" replace />;
  if (!data.signUpOpen) return <SignUpClosed />;
  return (
    <EntryFrame
      title="Sign up"
      intro="You get an organization of your own and own it. Colleagues come in by your invitation."
      footer={
        <p>
          Have an account?{' '}
          <Link to="/sign-in" className={loneLinkClass}>
            Sign in
          </Link>
        </p>
      }
    >
      <title>Sign up – Personas for Ninox</title>
      <Form
        submit="Sign up"
        sending="Signing up…"
        wide
        onSend={async (values) => {
          await accountApi.signUp({
            name: values.text('name'),
            email: values.text('email'),
            password: values.text('password'),
            organizationName: values.text('organizationName'),
          });
          await welcome();
          return undefined;
        }}
      >
        <NewAccountFields />
        <NamedTextField
          name="organizationName"
          label="Your organization’s name"
          autoComplete="organization"
          maxLength={80}
          required
        />
      </Form>
    </EntryFrame>
  );
}

function SignUpClosed() {
  return (
    <EntryFrame
      title="Accounts come by invitation"
      intro="Nobody can sign up by themselves here. Ask an owner or admin of your organization for an invitation; its link brings you in."
    >
      <title>Sign up – Personas for Ninox</title>
      <Link to="/sign-in" className={buttonClass('primary')}>
        Go to the sign-in
      </Link>
    </EntryFrame>
  );
}
