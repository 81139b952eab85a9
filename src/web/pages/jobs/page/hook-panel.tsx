import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button } from '../../../components/button.tsx';
import { CodeBlock } from '../../../components/code-block.tsx';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Panel } from '../../../components/panel.tsx';
import { SecretLine } from '../../../components/secret-line.tsx';
import { Notice } from '../../../components/states.tsx';
import { formatMinute } from '../../../format.ts';
import { type HookSecret, jobApi } from '../api.ts';
import { useRefreshJob } from '../queries.ts';
import { HookEvents } from './hook-events.tsx';

/** Where events are sent to, with what, and what came in. */
export function HookPanel({ job, auth }: { job: JobView; auth: 'signature' | 'header' }) {
  const [secret, setSecret] = useState<HookSecret | null>(null);
  const { hook } = job;
  return (
    <Panel
      title="Events"
      intro={
        auth === 'header'
          ? 'An event is sent by POST to this address, with the secret in the header X-Personas-Secret. For Ninox there is a ready script.'
          : 'An event is sent by POST to this address, signed with the secret as in Standard Webhooks.'
      }
      aside={job.changeable && <MakeSecret job={job} hasOne={hook !== null} onMade={setSecret} />}
    >
      {hook !== null && secret === null && <SecretLine label="Address" text={hook.url} />}
      {hook === null && secret === null && (
        <p className="rounded-lg bg-sunken px-3.5 py-3 text-ink-2 text-pretty">
          There is no secret yet, so nothing is taken. {job.changeable && 'Make one to begin.'}
        </p>
      )}
      {hook !== null && hook.overlapUntil !== null && Date.parse(hook.overlapUntil) > Date.now() && (
        <Notice tone="plain">The secret before this one counts until {formatMinute(hook.overlapUntil)}.</Notice>
      )}
      {secret !== null && <ShownOnce secret={secret} />}
      <HookEvents job={job} />
    </Panel>
  );
}

function ShownOnce({ secret: { url, secret, ninoxScript } }: { secret: HookSecret }) {
  return (
    <section aria-label="The new secret" className="grid min-w-0 grid-cols-1 gap-4 rounded-xl border border-accent p-4">
      <Notice tone="warn" icon={KeyRound} title="Shown this once">
        Copy it now: it is not shown again. Whoever has it can start this job.
      </Notice>
      <SecretLine label="Address" text={url} />
      <SecretLine label="Secret" text={secret} />
      {ninoxScript !== null && (
        <div className="grid min-w-0 gap-2">
          <p className="text-ink-2 text-pretty">
            For a table in Ninox: open its settings, paste this under “Trigger after update” or “Trigger on new record”,
            and replace the fields by those you want to send. The secret stands in it.
          </p>
          <CodeBlock label="Script for Ninox" text={ninoxScript} />
        </div>
      )}
    </section>
  );
}

function MakeSecret({ job, hasOne, onMade }: { job: JobView; hasOne: boolean; onMade: (secret: HookSecret) => void }) {
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const [asking, setAsking] = useState(false);
  const make = async () => {
    onMade(await jobApi.hookSecret(job.id));
    await refresh(job.id);
    announce('The secret is made. Copy it now.');
  };
  return (
    <>
      <Button look={hasOne ? 'secondary' : 'primary'} onClick={() => setAsking(true)}>
        <KeyRound className="size-4" aria-hidden />
        {hasOne ? 'New secret' : 'Make the secret'}
      </Button>
      <ConfirmDialog
        open={asking}
        title={hasOne ? 'Make a new secret?' : 'Make the secret?'}
        submit={hasOne ? 'Make a new secret' : 'Make the secret'}
        sending="Making it…"
        look="primary"
        onClose={() => setAsking(false)}
        onConfirm={make}
      >
        <p className="text-pretty">
          {hasOne
            ? 'The one before counts for another day, so that whatever sends can be changed over without a gap.'
            : 'It is shown once, with the address and, for Ninox, the script to paste.'}
        </p>
      </ConfirmDialog>
    </>
  );
}
