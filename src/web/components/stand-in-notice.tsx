import { FlaskConical, Info } from 'lucide-react';
import { Fragment } from 'react';
import { Link } from 'react-router';
import type { StatusView } from '#channels/http/contract/conversations.ts';
import { useStatus } from '../queries.ts';
import { useSession } from '../session.tsx';
import { Popover } from './popover.tsx';

/** Says on every page what is a stand-in, and what puts the real thing in its place. */
export function StandInNotice() {
  const { data: status } = useStatus();
  const { organization } = useSession();
  if (status === undefined) return null;
  // Only the demo organization comes connected to the stand-in; elsewhere each connection says what it is.
  const ninox = organization?.isDemo === true ? status.standIns.ninox : null;
  const data = { ...status, standIns: { ...status.standIns, ninox } };
  const { model } = data.standIns;
  if (ninox === null && model === null) return null;
  return (
    <aside
      aria-label="Stand-ins in use"
      className="flex min-h-9 flex-wrap items-center gap-x-2 border-line border-b bg-warn-soft px-3 text-xs md:px-5"
    >
      <FlaskConical className="size-4 shrink-0 text-warn" aria-hidden />
      <p className="flex flex-1 flex-wrap gap-x-2 font-medium text-ink">
        {ninox !== null && <span>Sample Ninox data</span>}
        {ninox !== null && model !== null && (
          <span aria-hidden className="max-sm:hidden">
            ·
          </span>
        )}
        {model !== null && <span>Offline demo model</span>}
      </p>
      <Popover
        label="About the stand-ins"
        className="text-xs"
        trigger={
          <>
            <Info className="size-3.5" aria-hidden />
            What is this?
          </>
        }
      >
        <StandInDetails status={data} />
      </Popover>
    </aside>
  );
}

function StandInDetails({ status }: { status: StatusView }) {
  const { ninox, model } = status.standIns;
  return (
    <div className="grid gap-4 text-sm">
      <p className="text-ink-2">
        The service runs with stand-ins, so that everything can be tried at once. Whoever runs it replaces one by
        setting a variable and starting it again.
      </p>
      {ninox !== null && (
        <section className="grid gap-1">
          <h3 className="font-semibold">Sample Ninox data</h3>
          <p className="text-ink-2">
            A local copy of the Ninox API with made-up teams and records. Nothing reaches your Ninox. Your own is
            connected under{' '}
            <Link to="/integrations" className="text-accent underline underline-offset-2">
              Integrations
            </Link>
            .
          </p>
          <ReplacedBy variable={ninox.replacedBy} />
        </section>
      )}
      {model !== null && (
        <section className="grid gap-1">
          <h3 className="font-semibold">Offline demo model</h3>
          <p className="text-ink-2">
            A small scripted model ({status.defaultModel}) that understands a few sentences about teams, databases and
            records.
          </p>
          <ReplacedBy variable={model.replacedBy} others={modelKeys} />
        </section>
      )}
    </div>
  );
}

/** Each puts a model in place of the demo; the service names only one of them. */
const modelKeys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'];

function ReplacedBy({ variable, others = [] }: { variable: string; others?: readonly string[] }) {
  const variables = [variable, ...others.filter((other) => other !== variable)];
  return (
    <p>
      Replaced by setting{' '}
      {variables.map((name, index) => (
        <Fragment key={name}>
          {index > 0 && ' or '}
          <code className="rounded border border-line bg-sunken px-1 py-0.5 font-mono text-xs wrap-anywhere">
            {name}
          </code>
        </Fragment>
      ))}
    </p>
  );
}
