import { Info, KeyRound, TerminalSquare } from 'lucide-react';
import { Link, useSearchParams } from 'react-router';
import { accountApi } from '../../account-api.ts';
import { useSessionQuery, useWelcome } from '../../account-queries.ts';
import { buttonClass } from '../../components/button.tsx';
import { EntryFrame } from '../../components/entry-frame.tsx';
import { Form } from '../../components/form.tsx';
import { NamedTextField, NewAccountFields } from '../../components/form-fields.tsx';
import { Notice } from '../../components/states.tsx';

/** Where the link on the terminal leads: the first account, which owns everything. */
export function SetUpPage() {
  const { data } = useSessionQuery();
  const [search] = useSearchParams();
  const token = search.get('token') ?? '';
  if (data?.setUpNeeded === false) return <AlreadySetUp />;
  if (token === '') return <NobodyYetPage />;
  return (
    <EntryFrame
      title="Set up your service"
      intro="You make the first account. It owns the organization and can invite everybody else."
    >
      <title>Set up – Personas for Ninox</title>
      <SetUpForm token={token} />
    </EntryFrame>
  );
}

function SetUpForm({ token }: { token: string }) {
  const welcome = useWelcome();
  return (
    <Form
      submit="Create the account"
      sending="Setting up…"
      wide
      onSend={async (values) => {
        const organizationName = values.text('organizationName').trim();
        await accountApi.setUp({
          token,
          name: values.text('name'),
          email: values.text('email'),
          password: values.text('password'),
          ...(organizationName === '' ? {} : { organizationName }),
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
        hint="A demo organization with sample data is there at once and can be deleted. With a name you get one of your own beside it."
      />
    </Form>
  );
}

function AlreadySetUp() {
  return (
    <EntryFrame
      title="This service is set up already"
      intro="The set-up link works once. Sign in with your account, or ask whoever runs the service for an invitation."
    >
      <title>Set up – Personas for Ninox</title>
      <Link to="/sign-in" className={buttonClass('primary')}>
        Go to the sign-in
      </Link>
    </EntryFrame>
  );
}

/** What a visitor finds while there is no account at all. The link itself is shown on the terminal only. */
export function NobodyYetPage() {
  return (
    <EntryFrame
      title="Nobody has an account yet"
      intro="Open the set-up link that the terminal shows. It makes the first account, which owns everything here."
    >
      <title>Set up – Personas for Ninox</title>
      <ol className="grid gap-3">
        <Step icon={TerminalSquare}>
          Look at the terminal, or the log, where the service was started. The link stands at the end of its start.
        </Step>
        <Step icon={KeyRound}>
          Open it in this browser. It works once: that way only who runs the service can become its owner.
        </Step>
      </ol>
      <Notice tone="plain" icon={Info}>
        Lost sight of it? Start the service again, and it shows a new link.
      </Notice>
    </EntryFrame>
  );
}

function Step({ icon: Icon, children }: { icon: typeof KeyRound; children: string }) {
  return (
    <li className="flex gap-3">
      <span className="grid size-8 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent">
        <Icon className="size-4" aria-hidden />
      </span>
      <p className="text-pretty">{children}</p>
    </li>
  );
}
