import { Info } from 'lucide-react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { accountApi } from '../../account-api.ts';
import { useNewSession, useSessionQuery } from '../../account-queries.ts';
import { EntryFrame, loneLinkClass } from '../../components/entry-frame.tsx';
import { Form } from '../../components/form.tsx';
import { EmailField, PasswordField } from '../../components/form-fields.tsx';
import { Notice } from '../../components/states.tsx';
import { readNext } from '../../next-path.ts';

export function SignInPage() {
  const { data } = useSessionQuery();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const next = readNext(search, window.location.origin);
  if (data?.setUpNeeded === true) return <Navigate to="/" replace />;
  if (data !== undefined && data.user !== null) return <Navigate to={next} replace />;
  return (
    <>
      <title>Sign in – Personas for Ninox</title>
      <SignInCard onSignedIn={async () => navigate(next, { replace: true })} />
    </>
  );
}

interface SignInCardProps {
  readonly remark?: string;
  /** Told with the id of whoever signed in, once the new session is known. */
  readonly onSignedIn: (userId: string | null) => Promise<void>;
}

export function SignInCard({ remark, onSignedIn }: SignInCardProps) {
  const { data } = useSessionQuery();
  return (
    <EntryFrame
      title="Sign in"
      headingId="sign-in-heading"
      footer={
        data?.signUpOpen === true && (
          <p>
            No account yet?{' '}
            <Link to="/sign-up" className={loneLinkClass}>
              Sign up
            </Link>
          </p>
        )
      }
    >
      {remark !== undefined && (
        <Notice tone="plain" icon={Info}>
          {remark}
        </Notice>
      )}
      <SignInForm onSignedIn={onSignedIn} />
      <p>
        <Link to="/forgot-password" className={loneLinkClass}>
          Forgot your password?
        </Link>
      </p>
    </EntryFrame>
  );
}

/** E-mail and password; `email` is given where only one person can be meant. */
export function SignInForm({
  email,
  submit = 'Sign in',
  onSignedIn,
}: {
  email?: string;
  submit?: string;
  onSignedIn: SignInCardProps['onSignedIn'];
}) {
  const readSession = useNewSession();
  return (
    <Form
      submit={submit}
      sending="Signing in…"
      wide
      onSend={async (values) => {
        await accountApi.signIn({ email: values.text('email'), password: values.text('password') });
        const { user } = await readSession();
        await onSignedIn(user?.id ?? null);
        return undefined;
      }}
    >
      {email === undefined ? <EmailField autoFocus /> : <EmailField defaultValue={email} readOnly />}
      <PasswordField autoFocus={email !== undefined} />
    </Form>
  );
}
