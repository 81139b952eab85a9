import { CircleCheck, LoaderCircle, LogIn } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { SlackView } from '#channels/http/contract/slack.ts';
import { Button } from '../../../components/button.tsx';
import { CopyButton } from '../../../components/copy-button.tsx';
import { linkClass } from '../../../components/entry-frame.tsx';
import { ErrorState, LoadingPage, Notice } from '../../../components/states.tsx';
import { useMay } from '../../../session.tsx';
import { plainProblem } from '../connection-words.ts';
import { KeyField } from '../key-field.tsx';
import { KeyPromise, ReadOnlyNotice } from '../page-frame.tsx';
import { useConnectWorkspace, useSlack, useSlackSignIn } from './slack-api.ts';
import { describeMode, settingsByWay } from './slack-words.ts';

/** From nothing to personas that answer in Slack, a step after the other; what is done already says so. */
export function ConnectSlack() {
  const { data: slack, error, refetch } = useSlack();
  if (slack === undefined) {
    if (error === null) return <LoadingPage />;
    return (
      <ErrorState title="What is set up of Slack could not be loaded" error={error} onRetry={() => void refetch()} />
    );
  }
  return (
    <>
      <header className="grid gap-1">
        <h1 className="font-semibold text-xl tracking-tight">Connect Slack</h1>
        <p className="text-ink-2 text-pretty">
          Personas then answer in your workspace: in channels where they are mentioned, in threads and in direct
          messages. They ask for approvals there as well.
        </p>
      </header>
      {slack.problems.length > 0 && (
        <Notice tone="warn" title={slack.mode === 'off' ? 'Slack is not set up yet' : 'Something is missing'}>
          <ul className="grid gap-1.5">
            {slack.problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      )}
      <ol className="grid gap-6">
        <AppStep slack={slack} />
        <SettingsStep slack={slack} />
        <WorkspaceStep slack={slack} />
        <PeopleStep />
      </ol>
      <KeyPromise />
    </>
  );
}

/** One step, with its number; `done` where nothing is left to do. */
function Step({
  number,
  title,
  done = false,
  children,
}: {
  number: number;
  title: string;
  done?: boolean;
  children: ReactNode;
}) {
  const headingId = useId();
  return (
    <li>
      <section
        aria-labelledby={headingId}
        className="grid grid-cols-1 gap-4 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
      >
        <h2 id={headingId} className="flex items-center gap-2.5 font-semibold text-base">
          <span className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent text-xs">
            {number}
          </span>
          {title}
          {done && (
            <span className="inline-flex items-center gap-1 font-medium text-good text-xs">
              <CircleCheck className="size-4" aria-hidden />
              Done
            </span>
          )}
        </h2>
        {children}
      </section>
    </li>
  );
}

function AppStep({ slack }: { slack: SlackView }) {
  return (
    <Step number={1} title="Make the app in Slack">
      <ol className="grid list-decimal gap-1 ps-5 text-ink-2">
        <li>
          Open <code className="wrap-anywhere font-mono text-ink text-xs">https://api.slack.com/apps</code> and press
          “Create New App”, then “From a manifest”.
        </li>
        <li>Pick your workspace, choose JSON, and paste this in the place of what stands there:</li>
      </ol>
      <Manifest text={slack.manifest} />
      <p className="text-ink-2 text-pretty">
        It asks for what personas need and no more: they read where they are mentioned, in threads they have joined and
        in messages to them. They see nobody’s e-mail address and join no channel by themselves. After a change of this
        service’s address, paste it again.
      </p>
    </Step>
  );
}

function Manifest({ text }: { text: string }) {
  return (
    <figure aria-label="Manifest of the app" className="min-w-0">
      <figcaption className="flex min-h-9 items-center justify-between font-semibold text-ink-2 text-xs">
        Manifest
        <CopyButton text={text} label="Copy the manifest" />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-72 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-relaxed"
      >
        {text}
      </pre>
    </figure>
  );
}

function SettingsStep({ slack }: { slack: SlackView }) {
  const isDone = slack.mode !== 'off';
  return (
    <Step number={2} title="Tell this service about the app" done={isDone}>
      {isDone ? (
        <p className="text-ink-2">{describeMode(slack.mode)}</p>
      ) : (
        <>
          <p className="text-ink-2 text-pretty">
            Whoever runs this service sets the variables of one of the two ways and starts it again. The manifest above
            then fits that way: paste it once more where it has changed.
          </p>
          {settingsByWay.map(({ title, fits, variables }) => (
            <section key={title} aria-label={title} className="grid gap-1.5">
              <h3 className="font-medium">
                {title} <span className="font-normal text-ink-2">· {fits}</span>
              </h3>
              <dl className="grid gap-2 rounded-lg border border-line px-3.5 py-2.5">
                {variables.map(({ name, where }) => (
                  <div key={name} className="grid gap-0.5">
                    <dt>
                      <code className="wrap-anywhere font-mono text-xs">{name}</code>
                    </dt>
                    <dd className="text-ink-2 text-pretty">{where}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </>
      )}
    </Step>
  );
}

function WorkspaceStep({ slack }: { slack: SlackView }) {
  const may = useMay();
  if (!may('connections:manage')) {
    return (
      <Step number={3} title="Connect the workspace">
        <ReadOnlyNotice>
          A workspace is connected for the whole organization. Ask an owner or admin to do it.
        </ReadOnlyNotice>
      </Step>
    );
  }
  return (
    <Step number={3} title="Connect the workspace">
      {slack.mode === 'off' ? (
        <p className="text-ink-2">This comes once the service knows the app.</p>
      ) : (
        <>
          {slack.canSignIn && <SignIn />}
          {slack.canSignIn ? (
            <details>
              <summary className="text-ink-2 underline underline-offset-2">Or paste the bot token</summary>
              <div className="pt-3">
                <TokenForm />
              </div>
            </details>
          ) : (
            <TokenForm />
          )}
          <p className="text-ink-2 text-pretty">
            A workspace belongs to one organization here. One that is connected already is connected again as it was.
          </p>
        </>
      )}
    </Step>
  );
}

function SignIn() {
  const signIn = useSlackSignIn();
  return (
    <div className="grid justify-items-start gap-3">
      <p className="text-ink-2 text-pretty">
        You are taken to Slack, pick the workspace, allow the app, and come back.
      </p>
      <Button look="primary" disabled={signIn.isPending} onClick={() => signIn.mutate()}>
        <LogIn className="size-4" aria-hidden />
        {signIn.isPending ? 'Going there…' : 'Sign in with Slack'}
      </Button>
      {signIn.error !== null && (
        <Notice tone="bad" role="alert" title="The sign-in could not begin">
          {plainProblem(signIn.error)}
        </Notice>
      )}
    </div>
  );
}

const shortest = 20;

/** The bot token of one workspace: tested at Slack before anything is stored. */
function TokenForm() {
  const [token, setToken] = useState('');
  const [tried, setTried] = useState(false);
  const navigate = useNavigate();
  const connect = useConnectWorkspace();
  const isShort = token.trim().length < shortest;
  const submit = () => {
    setTried(true);
    if (isShort || connect.isPending) return;
    connect.mutate(token.trim(), {
      onSuccess: ({ connectionId }) => void navigate(`/integrations/connections/${encodeURIComponent(connectionId)}`),
    });
  };
  return (
    <form
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="grid gap-3"
    >
      <KeyField
        label="Bot token"
        value={token}
        disabled={connect.isPending}
        error={tried && isShort ? 'Paste the whole token: it begins with xoxb-.' : null}
        hint="In Slack: OAuth & Permissions → Install to the workspace, then “Bot User OAuth Token”. It begins with xoxb-."
        onValue={setToken}
      />
      {connect.error !== null && !connect.isPending && (
        <Notice tone="bad" role="alert" title="It was not connected">
          {plainProblem(connect.error)}
        </Notice>
      )}
      <Button type="submit" look="primary" aria-disabled={connect.isPending} className="justify-self-start">
        {connect.isPending && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
        {connect.isPending ? 'Asking Slack…' : 'Connect the workspace'}
      </Button>
    </form>
  );
}

function PeopleStep() {
  return (
    <Step number={4} title="Use it">
      <HowPeopleUseIt />
    </Step>
  );
}

/** What people do in Slack, in the order in which they come to it. */
export function HowPeopleUseIt() {
  return (
    <ul className="grid list-disc gap-1.5 ps-5 text-ink-2">
      <li>
        Invite the app to a channel with <Command>/invite @Personas</Command>, mention it there, or write it a direct
        message.
      </li>
      <li>
        <Command>/persona list</Command> shows who answers, <Command>/persona NAME</Command> switches it for a channel.
        A persona answers in Slack once <em>Slack</em> is ticked among its channels.
      </li>
      <li>
        Who acts in Slack as themselves, and decides on approvals there, links their account first: under{' '}
        <Link to="/settings/account" className={linkClass}>
          Settings → Account
        </Link>{' '}
        they get a code, and write <Command>/persona link CODE</Command> in Slack.
      </li>
      <li>Everybody else is a guest: answered only by personas that answer guests, and never changing anything.</li>
    </ul>
  );
}

function Command({ children }: { children: ReactNode }) {
  return <code className="wrap-anywhere font-mono text-ink text-xs">{children}</code>;
}
