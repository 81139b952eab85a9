import { Link2 } from 'lucide-react';
import { useState } from 'react';
import type { LinkCodeView, OutsideLinkView } from '#channels/http/contract/outside-links.ts';
import { accountApi } from '../../account-api.ts';
import { accountKeys, useChange, useOutsideLinks } from '../../account-queries.ts';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { Panel } from '../../components/panel.tsx';
import { SecretLine } from '../../components/secret-line.tsx';
import { Bar, Notice, Skeleton } from '../../components/states.tsx';
import { formatClock, formatMoment, formatShort } from '../../format.ts';
import { Rows, RowText } from './rows.tsx';

/** Where else personas know the person, and how to let one more place know them. */
export function KnownElsewhere() {
  const links = useOutsideLinks();
  const [making, setMaking] = useState(false);
  return (
    <Panel
      title="Known elsewhere"
      intro="Linked with you, what you write in Slack or on a web site counts as yours: with your rights, your connections and your approvals. Not linked, you are a guest there."
      aside={
        <Button look="primary" onClick={() => setMaking(true)}>
          <Link2 className="size-4" aria-hidden />
          Link an account
        </Button>
      }
    >
      <Rows label="Known elsewhere" list={links} empty="You are linked with no account in Slack or on a web site.">
        {(link) => <LinkRow link={link} />}
      </Rows>
      <LinkDialog
        open={making}
        onClose={() => {
          setMaking(false);
          // The code may have been used meanwhile.
          void links.refetch();
        }}
      />
    </Panel>
  );
}

const kindWords = { slack: 'Slack', widget: 'Web widget' } as const;

function placeOf({ kind, place }: OutsideLinkView): string {
  const words = kindWords[kind];
  return place === null ? `${words}, at a place that is not there any more` : `${words} “${place}”`;
}

function LinkRow({ link }: { link: OutsideLinkView }) {
  const announce = useAnnounce();
  const [ending, setEnding] = useState(false);
  const unlink = useChange(accountApi.unlink, accountKeys.outsideLinks);
  return (
    <>
      <RowText title={link.name}>
        {placeOf(link)} · linked <time dateTime={link.createdAt}>{formatShort(link.createdAt)}</time> ·{' '}
        {link.lastUsedAt === null ? (
          'not used yet'
        ) : (
          <>
            last used <time dateTime={link.lastUsedAt}>{formatMoment(link.lastUsedAt)}</time>
          </>
        )}
      </RowText>
      <Button aria-label={`Unlink ${link.name}, ${placeOf(link)}`} onClick={() => setEnding(true)}>
        Unlink
      </Button>
      <ConfirmDialog
        open={ending}
        title={`Unlink “${link.name}”?`}
        submit="Unlink"
        sending="Unlinking…"
        onClose={() => setEnding(false)}
        onConfirm={async () => {
          await unlink.mutateAsync(link.id);
          announce(`“${link.name}” is not linked with you any more.`);
        }}
      >
        <p className="text-pretty">
          {placeOf(link)}: whoever writes there as “{link.name}” is a guest from now on and does nothing in your name. A
          new code links it again.
        </p>
      </ConfirmDialog>
    </>
  );
}

function LinkDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} title="Link an account" onClose={onClose}>
      <Code onClose={onClose} />
    </Modal>
  );
}

/** The code is made by a press only: each one ends the one before it. */
function Code({ onClose }: { onClose: () => void }) {
  const make = useChange(accountApi.makeLinkCode);
  const { data, error, isPending, mutate } = make;
  return (
    <>
      <p className="text-pretty">
        Make a code here and type it where you want to be known. Whoever types it acts as you there, so give it to
        nobody.
      </p>
      {error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(error)}
        </Notice>
      )}
      {isPending && (
        <Skeleton label="Making a code">
          <Bar className="h-9 w-full" />
        </Skeleton>
      )}
      {data !== undefined && !isPending && <Made code={data} />}
      <ModalActions>
        <Button
          look={data === undefined ? 'primary' : 'secondary'}
          disabled={isPending}
          onClick={() => mutate(undefined)}
        >
          {data === undefined ? 'Make a code' : 'Make another code'}
        </Button>
        <Button onClick={onClose}>{data === undefined ? 'Cancel' : 'Done'}</Button>
      </ModalActions>
    </>
  );
}

function Made({ code: { code, expiresAt } }: { code: LinkCodeView }) {
  return (
    <>
      <Notice tone="warn" role="status">
        It links one account, once, until <time dateTime={expiresAt}>{formatClock(expiresAt)}</time>, and is shown only
        now.
      </Notice>
      <SecretLine label="Code" text={code} />
      <dl className="grid gap-3">
        <div className="grid gap-1">
          <dt className="font-medium">In Slack</dt>
          <dd className="text-ink-2">
            Send this in any channel with the bot, or to the bot itself:{' '}
            <code className="wrap-anywhere font-mono text-ink">/persona link {code}</code>
          </dd>
        </div>
        <div className="grid gap-1">
          <dt className="font-medium">In a web widget</dt>
          <dd className="text-ink-2">
            Open its menu, choose “Link my account”, and type the code. The site must have told the widget who you are.
          </dd>
        </div>
      </dl>
    </>
  );
}
