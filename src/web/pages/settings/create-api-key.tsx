import { useState } from 'react';
import type { CreatedApiKeyView } from '#channels/http/contract/organization.ts';
import { organizationApi } from '../../account-api.ts';
import { accountKeys, useChange } from '../../account-queries.ts';
import { Button } from '../../components/button.tsx';
import { Field, inputClass } from '../../components/field.tsx';
import { FieldGroup, Form } from '../../components/form.tsx';
import { NamedTextField } from '../../components/form-fields.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { SecretLine } from '../../components/secret-line.tsx';
import { Notice } from '../../components/states.tsx';
import { useIntegrations } from '../../pages/integrations/api.ts';
import { useSession } from '../../session.tsx';
import { describeKeyScope, keyPermissions, toolScopes } from '../../words.ts';

const dayMs = 24 * 3_600_000;
const lifetimes = [
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'never', label: 'Never' },
] as const;

/** Asks what a key is for, and then shows it: once, and only here. */
export function CreateKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const [created, setCreated] = useState<CreatedApiKeyView | null>(null);
  const close = () => {
    setCreated(null);
    onClose();
  };
  return (
    <Modal open={open} title={created === null ? 'New API key' : 'Your new key'} onClose={close}>
      {created === null ? (
        <CreateKeyForm onCreated={setCreated} onCancel={close} />
      ) : (
        <Created created={created} onClose={close} />
      )}
    </Modal>
  );
}

function CreateKeyForm({
  onCreated,
  onCancel,
}: {
  onCreated: (created: CreatedApiKeyView) => void;
  onCancel: () => void;
}) {
  const { permissions } = useSession();
  const create = useChange(organizationApi.createApiKey, accountKeys.apiKeys);
  const offered = useToolScopes();
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const toggle = (scope: string, on: boolean) =>
    setTicked((current) => (on ? [...current, scope] : current.filter((one) => one !== scope)));
  const talksOnly = ticked.includes('chat') && !ticked.some((scope) => toolScopes.includes(scope));
  return (
    <Form
      submit="Create the key"
      sending="Creating…"
      beside={<Button onClick={onCancel}>Cancel</Button>}
      onSend={async (values) => {
        const days = values.text('expiresAt');
        const expiresAt = days === 'never' ? null : new Date(Date.now() + Number(days) * dayMs).toISOString();
        const scopes = values.all('scopes');
        onCreated(await create.mutateAsync({ name: values.text('name'), scopes, expiresAt }));
        return undefined;
      }}
    >
      <NamedTextField
        name="name"
        label="Name"
        hint="What uses it, so that you know it again."
        autoComplete="off"
        maxLength={80}
        required
      />
      <Field label="Expires">
        {(ids) => (
          <select {...ids} name="expiresAt" defaultValue="90" className={inputClass}>
            {lifetimes.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <FieldGroup
        name="scopes"
        legend="Scopes"
        hint="Give only what it needs. The key never gets more than your role, and loses what your role loses."
      >
        <ScopeList heading="In this service" scopes={keyPermissions(permissions)} onToggle={toggle} />
        <ScopeList heading="In Ninox, for the personas it writes to" scopes={offered} onToggle={toggle} />
        <div role="status" className="grid gap-1 text-ink-2 text-pretty empty:hidden">
          {ticked.includes('chat') && <p>Only personas that have the channel API ticked answer to a key.</p>}
          {talksOnly && (
            <p>
              Nothing in Ninox is ticked: with this key a persona can answer, but use no tool. Tick what it may do
              there.
            </p>
          )}
        </div>
      </FieldGroup>
    </Form>
  );
}

/** The tool scopes some tool of the catalog uses; every one there are words for while the catalog is not there. */
function useToolScopes(): readonly string[] {
  const { data } = useIntegrations({ search: '', category: '' });
  if (data === undefined) return toolScopes;
  const used = new Set<string>(data.items.flatMap(({ tools }) => tools.map(({ scope }) => scope)));
  return toolScopes.filter((scope) => used.has(scope));
}

function ScopeList({
  heading,
  scopes,
  onToggle,
}: {
  heading: string;
  scopes: readonly string[];
  onToggle: (scope: string, on: boolean) => void;
}) {
  return (
    <div className="grid gap-1">
      <h3 className="font-semibold text-ink-2 text-xs">{heading}</h3>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line">
        {scopes.map((scope) => (
          <li key={scope}>
            <label className="flex min-h-9 cursor-pointer items-start gap-2.5 px-3 py-2 hover:bg-sunken has-focus-visible:bg-sunken pointer-coarse:min-h-11 pointer-coarse:items-center">
              <input
                type="checkbox"
                name="scopes"
                value={scope}
                onChange={(event) => onToggle(scope, event.target.checked)}
                className="mt-0.5 size-4 shrink-0 accent-accent pointer-coarse:mt-0"
              />
              <span className="flex min-w-0 flex-1 flex-wrap items-baseline justify-between gap-x-3">
                {describeKeyScope(scope)}
                <code aria-hidden className="font-mono text-2xs text-ink-3">
                  {scope}
                </code>
              </span>
            </label>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Created({ created: { apiKey, key }, onClose }: { created: CreatedApiKeyView; onClose: () => void }) {
  return (
    <>
      <Notice tone="warn" role="status">
        Copy the key for “{apiKey.name}” now. It is shown only this once; nobody can look it up later, not even you.
      </Notice>
      <SecretLine label="Key" text={key} />
      <ModalActions>
        <Button onClick={onClose}>Done</Button>
      </ModalActions>
    </>
  );
}
