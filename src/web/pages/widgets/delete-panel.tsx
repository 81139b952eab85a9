import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Panel } from '../../components/panel.tsx';
import { useForgetWidget, widgetApi } from './api.ts';

export function DeletePanel({ widget: { id, name }, onGone }: { widget: WidgetView; onGone: () => void }) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const forget = useForgetWidget(id);
  const [asking, setAsking] = useState(false);
  return (
    <Panel
      title="Delete"
      intro="For good, with its keys. To stop it for a while, switch it off instead. What was said stays in the record of activity."
      aside={
        <Button className="text-bad!" onClick={() => setAsking(true)}>
          Delete…
        </Button>
      }
    >
      <ConfirmDialog
        open={asking}
        title={`Delete “${name}”?`}
        submit="Delete the widget"
        sending="Deleting…"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await widgetApi.remove(id);
          onGone();
          await navigate('/widgets');
          await forget();
          announce(`“${name}” is deleted.`);
        }}
      >
        <p className="text-pretty">
          Its tag shows nothing any more, on whatever page it stands, and members who are linked there are not known
          there any more. This cannot be undone; a new widget has another tag.
        </p>
      </ConfirmDialog>
    </Panel>
  );
}
