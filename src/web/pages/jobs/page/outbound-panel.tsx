import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/confirm-dialog.tsx';
import { Panel } from '../../../components/panel.tsx';
import { SecretLine } from '../../../components/secret-line.tsx';
import { jobApi } from '../api.ts';

/** With what the answers that go to webhooks are signed. */
export function OutboundPanel({ job }: { job: JobView }) {
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Panel
      title="Signature of what is sent"
      intro="Answers that go to a webhook are signed as in Standard Webhooks. Whoever receives them checks that with this secret."
      aside={
        job.changeable && (
          <Button onClick={() => setAsking(true)}>
            <KeyRound className="size-4" aria-hidden />
            New secret
          </Button>
        )
      }
    >
      {secret !== null && <SecretLine label="Secret, shown this once" text={secret} />}
      <ConfirmDialog
        open={asking}
        title="Make a new secret?"
        submit="Make a new secret"
        sending="Making it…"
        look="primary"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          setSecret((await jobApi.outboundSecret(job.id)).secret);
          announce('The secret is made. Copy it now.');
        }}
      >
        <p className="text-pretty">The one before is over at once: whoever receives the answers needs the new one.</p>
      </ConfirmDialog>
    </Panel>
  );
}
