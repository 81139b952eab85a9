import { organizationApi } from '../account-api.ts';
import { Button } from './button.tsx';
import { Form } from './form.tsx';
import { NamedTextField } from './form-fields.tsx';

/** Makes an organization and goes on in it. */
export function CreateOrganization({ onCancel }: { onCancel?: () => void }) {
  return (
    <Form
      submit="Create"
      sending="Creating…"
      {...(onCancel === undefined ? {} : { beside: <Button onClick={onCancel}>Cancel</Button> })}
      onSend={async (values) => {
        await organizationApi.create({ name: values.text('name') });
        // The page starts anew: nothing of the organization before may stay on it.
        window.location.assign('/');
        return undefined;
      }}
    >
      <p className="text-ink-2 text-pretty">
        It has its own personas, connections, members and activity. You become its owner and work in it from then on.
      </p>
      <NamedTextField name="name" label="Name" autoComplete="organization" maxLength={80} required autoFocus />
    </Form>
  );
}
