import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { ApiKeyView } from '#channels/http/contract/organization.ts';
import { organizationApi } from '../../account-api.ts';
import { accountKeys, useApiKeys, useChange } from '../../account-queries.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { linkClass } from '../../components/entry-frame.tsx';
import { Panel } from '../../components/panel.tsx';
import { formatMoment, formatShort } from '../../format.ts';
import { useMay, useSession } from '../../session.tsx';
import { describeKeyScope } from '../../words.ts';
import { CreateKeyDialog } from './create-api-key.tsx';
import { Mark, Rows, RowText } from './rows.tsx';
import { UseApiPanel } from './use-api.tsx';

export function ApiKeysPage() {
  const may = useMay();
  const keys = useApiKeys();
  const [creating, setCreating] = useState(false);
  return (
    <>
      <title>API keys – Personas for Ninox</title>
      <Panel
        title="API keys"
        intro={
          <>
            A program signs in with a key and acts as the person who made it, within what the key was given. What can be
            called stands in the{' '}
            <Link to="/api/docs" reloadDocument className={linkClass}>
              API reference
            </Link>
            .{may('api-keys:manage') && ' You see the keys of everybody here.'}
          </>
        }
        aside={
          <Button look="primary" onClick={() => setCreating(true)}>
            <KeyRound className="size-4" aria-hidden />
            New key
          </Button>
        }
      >
        <Rows label="API keys" list={keys} empty="There is no key yet. A program that calls the API needs one.">
          {(apiKey) => <ApiKeyRow apiKey={apiKey} />}
        </Rows>
      </Panel>
      {may('chat') && <UseApiPanel />}
      <CreateKeyDialog open={creating} onClose={() => setCreating(false)} />
    </>
  );
}

const statusMarks = {
  active: null,
  expired: <Mark tone="warn">Expired</Mark>,
  revoked: <Mark tone="bad">Revoked</Mark>,
} as const;

function ApiKeyRow({ apiKey }: { apiKey: ApiKeyView }) {
  const { user } = useSession();
  const announce = useAnnounce();
  const [revoking, setRevoking] = useState(false);
  const revoke = useChange(organizationApi.revokeApiKey, accountKeys.apiKeys);
  return (
    <>
      <RowText
        title={
          <>
            {apiKey.name} <code className="font-mono font-normal text-ink-3 text-xs">{apiKey.hint}</code>
            {statusMarks[apiKey.status]}
          </>
        }
      >
        <p>
          {apiKey.owner.id === user.id ? 'yours' : `of ${apiKey.owner.name}`} ·{' '}
          {apiKey.lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              last used <time dateTime={apiKey.lastUsedAt}>{formatMoment(apiKey.lastUsedAt)}</time>
            </>
          )}{' '}
          · <Expiry apiKey={apiKey} />
        </p>
        <details className="mt-0.5">
          <summary className="inline-flex min-h-6 items-center rounded text-accent underline underline-offset-2 pointer-coarse:min-h-11">
            {apiKey.scopes.length === 1 ? '1 scope' : `${apiKey.scopes.length} scopes`}
          </summary>
          <ul className="grid list-disc gap-0.5 ps-5 pt-1">
            {apiKey.scopes.map((scope) => (
              <li key={scope}>{describeKeyScope(scope)}</li>
            ))}
          </ul>
        </details>
      </RowText>
      {apiKey.status !== 'revoked' && (
        <Button aria-label={`Revoke ${apiKey.name}`} onClick={() => setRevoking(true)}>
          Revoke
        </Button>
      )}
      <ConfirmDialog
        open={revoking}
        title={`Revoke “${apiKey.name}”?`}
        submit="Revoke"
        sending="Revoking…"
        onClose={() => setRevoking(false)}
        onConfirm={async () => {
          await revoke.mutateAsync(apiKey.id);
          announce(`“${apiKey.name}” is revoked.`);
        }}
      >
        <p className="text-pretty">
          Whatever uses it is refused from now on. This cannot be undone; make a new key instead.
        </p>
      </ConfirmDialog>
    </>
  );
}

function Expiry({ apiKey: { expiresAt, status } }: { apiKey: ApiKeyView }) {
  if (expiresAt === null) return 'does not expire';
  return (
    <>
      {status === 'expired' ? 'expired' : 'expires'}{' '}
      <time dateTime={expiresAt} title={formatMoment(expiresAt)}>
        {formatShort(expiresAt)}
      </time>
    </>
  );
}
