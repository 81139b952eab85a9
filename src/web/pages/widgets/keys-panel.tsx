import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { formatMoment, formatShort } from '../../format.ts';
import { useRefreshWidget, widgetApi } from './api.ts';
import { More } from './more.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import { SigningHelp } from './signing-help.tsx';

type Key = WidgetView['keys'][number];

/** As many as count: enough to go from one to the next without a gap. */
const mostKeys = 2;

/** With what the customer's server says who visitors are. */
export function KeysPanel({ widget }: { widget: WidgetView }) {
  const [making, setMaking] = useState(false);
  const { keys } = widget;
  const newest = keys.at(-1);
  const isFull = keys.length >= mostKeys;
  return (
    <Panel
      title="Keys"
      intro="With a key your own server says who a visitor is. Without one everybody is an unknown guest, who is told apart by the browser alone."
      aside={
        <Button look={keys.length === 0 ? 'primary' : 'secondary'} disabled={isFull} onClick={() => setMaking(true)}>
          <KeyRound className="size-4" aria-hidden />
          New key
        </Button>
      }
    >
      {keys.length === 0 ? (
        <p className="rounded-lg bg-sunken px-3.5 py-3 text-ink-2 text-pretty">There is no key yet.</p>
      ) : (
        <ul aria-label="Keys" className="divide-y divide-line border-line border-y">
          {keys.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
              <KeyRow widget={widget} signingKey={key} />
            </li>
          ))}
        </ul>
      )}
      {keys.length > 0 && (
        <p className="text-ink-2 text-pretty">
          {isFull
            ? 'Two keys count at a time. Once your server signs with the newer one and the older is not used any more, revoke the older.'
            : 'To replace it without a gap: make a second key, let your server sign with that, then revoke this one.'}
        </p>
      )}
      {newest !== undefined && (
        <More title="How your server signs">
          <SigningHelp widget={widget} signingKey={newest} />
        </More>
      )}
      <NewKeyDialog open={making} widget={widget} onClose={() => setMaking(false)} />
    </Panel>
  );
}

function KeyRow({ widget, signingKey: key }: { widget: WidgetView; signingKey: Key }) {
  const announce = useAnnounce();
  const refresh = useRefreshWidget(widget.id);
  const [revoking, setRevoking] = useState(false);
  const isLast = widget.keys.length === 1;
  return (
    <>
      <div className="grid min-w-0 flex-1 basis-52 gap-0.5">
        <p className="flex flex-wrap items-baseline gap-x-2 font-medium">
          <code className="wrap-anywhere font-mono text-xs">{key.id}</code> {key.algorithm}
        </p>
        <p className="text-ink-2 text-xs">
          made <time dateTime={key.createdAt}>{formatShort(key.createdAt)}</time> ·{' '}
          {key.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <time dateTime={key.lastUsedAt}>{formatMoment(key.lastUsedAt)}</time>
            </>
          )}
        </p>
      </div>
      <Button aria-label={`Revoke the key ${key.id}`} onClick={() => setRevoking(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={revoking}
        title="Revoke this key?"
        submit="Revoke"
        sending="Revoking…"
        onClose={() => setRevoking(false)}
        onConfirm={async () => {
          await widgetApi.revokeKey(widget.id, key.id);
          await refresh();
          announce('The key is revoked.');
        }}
      >
        <p className="text-pretty">
          No token that was signed with <code className="font-mono text-xs">{key.id}</code> counts any more, from the
          next message on.{' '}
          {isLast && 'It is the only key: nobody is an identified visitor then, until your server has another one. '}
          This cannot be undone.
        </p>
      </ConfirmDialog>
    </>
  );
}
