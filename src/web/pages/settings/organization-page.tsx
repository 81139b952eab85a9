import { useState } from 'react';
import { organizationApi } from '../../account-api.ts';
import { accountKeys, useChange } from '../../account-queries.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Form } from '../../components/form.tsx';
import { NamedTextField } from '../../components/form-fields.tsx';
import { Panel } from '../../components/panel.tsx';
import { useMay, useSession } from '../../session.tsx';

export function OrganizationPage() {
  const { organization } = useSession();
  const may = useMay();
  const rename = useChange(organizationApi.rename, accountKeys.session);
  if (organization === null) return null;
  return (
    <>
      <title>Organization – Personas for Ninox</title>
      <Panel title="Name" intro="Members and people you invite see it.">
        <Form
          submit="Save"
          sending="Saving…"
          label="Name of the organization"
          className="max-w-md"
          onSend={async (values) => {
            await rename.mutateAsync({ name: values.text('name') });
            return 'Saved.';
          }}
        >
          <NamedTextField
            name="name"
            label="Name"
            defaultValue={organization.name}
            autoComplete="organization"
            maxLength={80}
            required
          />
        </Form>
      </Panel>
      {may('organization:delete') && <DeleteSection organization={organization} />}
    </>
  );
}

function DeleteSection({ organization: { name, isDemo } }: { organization: { name: string; isDemo: boolean } }) {
  const [deleting, setDeleting] = useState(false);
  const title = isDemo ? 'Delete the demo organization' : 'Delete this organization';
  return (
    <Panel
      title={title}
      intro={
        isDemo
          ? 'Seen enough? It goes with its sample conversations and activity. Your account and your other organizations stay, and nothing in Ninox changes.'
          : 'Its personas, connections with their keys, conversations, activity, members and API keys are gone for good. Nothing in Ninox changes.'
      }
      aside={
        <Button look={isDemo ? 'secondary' : 'danger'} onClick={() => setDeleting(true)}>
          {title}
        </Button>
      }
    >
      <ConfirmDialog
        open={deleting}
        title={`${title}?`}
        submit={isDemo ? 'Delete the demo' : 'Delete for good'}
        sending="Deleting…"
        onClose={() => setDeleting(false)}
        onConfirm={async (values) => {
          await organizationApi.remove({ name: values.text('name') });
          window.location.assign('/');
        }}
      >
        <p className="text-pretty">
          {isDemo
            ? 'The sample data is gone then; the demo does not come back by itself.'
            : 'This cannot be undone. Answers being written stop at once.'}
        </p>
        <NamedTextField
          name="name"
          label={`Type “${name}” to go on`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
      </ConfirmDialog>
    </Panel>
  );
}
