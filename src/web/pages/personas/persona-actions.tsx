import { useMutation } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Copy, Download, Ellipsis, MessageSquarePlus, SquarePen } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button, buttonClass } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Popover } from '../../components/popover.tsx';
import { Notice } from '../../components/states.tsx';
import { useMay } from '../../session.tsx';
import { personaApi, useRefreshPersona } from './api.ts';
import { downloadText } from './download-text.ts';

/** What can be done with a persona, as far as the person's role allows it. */
export function PersonaActions({ persona }: { persona: PersonaView }) {
  const may = useMay();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const refresh = useRefreshPersona();
  const [archiving, setArchiving] = useState(false);
  const act = useMutation({ mutationFn: (action: () => Promise<void>) => action() });
  const manages = may('personas:manage');
  const isOurs = manages && persona.file === null;

  const duplicate = async () => {
    const copy = await personaApi.duplicate(persona.id);
    await refresh(copy.persona.id);
    announce(`Made “${copy.persona.name}”, a copy you can change.`);
    void navigate(`/personas/${copy.persona.id}/edit`);
  };
  const download = async () => {
    const { fileName, text } = await personaApi.file(persona.id);
    downloadText(fileName, text);
    announce(`Exported “${persona.name}” to ${fileName}.`);
  };
  const setArchived = async (archived: boolean) => {
    await (archived ? personaApi.archive(persona.id) : personaApi.restore(persona.id));
    await refresh(persona.id);
    announce(archived ? `Archived “${persona.name}”.` : `“${persona.name}” is in use again.`);
  };
  return (
    <div className="grid justify-items-end gap-2">
      <div className="flex flex-wrap justify-end gap-2">
        {may('chat') && !persona.archived && persona.channels.includes('web') && (
          <Link to={`/?persona=${persona.id}`} aria-label={`Chat with ${persona.name}`} className={buttonClass()}>
            <MessageSquarePlus className="size-4" aria-hidden />
            Chat
          </Link>
        )}
        {isOurs && !persona.archived && (
          <Link to={`/personas/${persona.id}/edit`} aria-label={`Edit ${persona.name}`} className={buttonClass()}>
            <SquarePen className="size-4" aria-hidden />
            Edit
          </Link>
        )}
        {isOurs && persona.archived && (
          <Button
            aria-label={`Restore ${persona.name}`}
            disabled={act.isPending}
            onClick={() => act.mutate(() => setArchived(false))}
          >
            <ArchiveRestore className="size-4" aria-hidden />
            Restore
          </Button>
        )}
        <Popover
          label={`More for ${persona.name}`}
          className="min-w-9 px-2!"
          trigger={
            <>
              <Ellipsis className="size-4" aria-hidden />
              <span className="sr-only">More for {persona.name}</span>
            </>
          }
        >
          <div className="grid gap-1">
            {manages && (
              <Item icon={<Copy className="size-4" aria-hidden />} onClick={() => act.mutate(duplicate)}>
                Duplicate
              </Item>
            )}
            <Item icon={<Download className="size-4" aria-hidden />} onClick={() => act.mutate(download)}>
              Export to a file
            </Item>
            {isOurs && !persona.archived && (
              <Item icon={<Archive className="size-4" aria-hidden />} onClick={() => setArchiving(true)}>
                Archive
              </Item>
            )}
          </div>
        </Popover>
      </div>
      {act.error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(act.error)}
        </Notice>
      )}
      <ConfirmDialog
        open={archiving}
        title={`Archive ${persona.name}?`}
        submit="Archive"
        sending="Archiving…"
        look="primary"
        onClose={() => setArchiving(false)}
        onConfirm={() => setArchived(true)}
      >
        <p className="text-pretty">
          Nobody can write to it any more. Its conversations and its history stay readable, and it can be restored.
        </p>
      </ConfirmDialog>
    </div>
  );
}

function Item({ icon, onClick, children }: { icon: ReactNode; onClick: () => void; children: ReactNode }) {
  return (
    <Button
      look="quiet"
      className="justify-start!"
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover();
        onClick();
      }}
    >
      {icon}
      {children}
    </Button>
  );
}
