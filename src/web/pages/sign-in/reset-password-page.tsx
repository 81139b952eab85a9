import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { accountApi } from '../../account-api.ts';
import { buttonClass } from '../../components/button.tsx';
import { EntryFrame, loneLinkClass } from '../../components/entry-frame.tsx';
import { Form } from '../../components/form.tsx';
import { PasswordField } from '../../components/form-fields.tsx';

export function ResetPasswordPage() {
  const [search] = useSearchParams();
  const token = search.get('token') ?? '';
  const [done, setDone] = useState(false);
  if (done) {
    return (
      <EntryFrame
        title="Your password is changed"
        intro="You were signed out everywhere. Sign in with the new password."
      >
        <title>New password – Personas for Ninox</title>
        <Link to="/sign-in" className={buttonClass('primary')}>
          Go to the sign-in
        </Link>
      </EntryFrame>
    );
  }
  return (
    <EntryFrame
      title="Set a new password"
      intro={
        token === '' ? 'The link is not complete. Open it from the message once more, or ask for a new one.' : null
      }
      footer={
        <Link to="/forgot-password" className={loneLinkClass}>
          Ask for a new link
        </Link>
      }
    >
      <title>New password – Personas for Ninox</title>
      {token !== '' && (
        <Form
          submit="Set the password"
          sending="Setting…"
          wide
          onSend={async (values) => {
            await accountApi.resetPassword({ token, newPassword: values.text('newPassword') });
            setDone(true);
            return undefined;
          }}
        >
          <PasswordField label="New password" name="newPassword" isNew autoFocus />
        </Form>
      )}
    </EntryFrame>
  );
}
