import { MailCheck } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { accountApi } from '../../account-api.ts';
import { useSessionQuery } from '../../account-queries.ts';
import { EntryFrame, loneLinkClass } from '../../components/entry-frame.tsx';
import { Form } from '../../components/form.tsx';
import { EmailField } from '../../components/form-fields.tsx';
import { Notice } from '../../components/states.tsx';

export function ForgotPasswordPage() {
  const { data } = useSessionQuery();
  return (
    <EntryFrame
      title="Forgotten password"
      intro={
        data?.mailEnabled === false
          ? 'This service cannot send e-mail. Ask whoever runs it for a link to set a new password: they get one with a command on the machine of the service.'
          : 'Say which e-mail your account has, and a link to set a new password goes there.'
      }
      footer={
        <Link to="/sign-in" className={loneLinkClass}>
          Back to the sign-in
        </Link>
      }
    >
      <title>Forgotten password – Personas for Ninox</title>
      {data?.mailEnabled !== false && <AskForLink />}
    </EntryFrame>
  );
}

function AskForLink() {
  const [sentTo, setSentTo] = useState<string | null>(null);
  if (sentTo !== null) {
    return (
      <Notice tone="good" icon={MailCheck} role="status" title="Asked for">
        If {sentTo} has an account here, a link is on its way and valid for an hour. Look into the spam folder too; it
        may take a minute.
      </Notice>
    );
  }
  return (
    <Form
      submit="Send the link"
      sending="Sending…"
      wide
      onSend={async (values) => {
        const email = values.text('email');
        await accountApi.requestReset({ email });
        setSentTo(email);
        return undefined;
      }}
    >
      <EmailField autoFocus />
    </Form>
  );
}
