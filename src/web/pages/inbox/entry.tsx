import { ChevronRight, Info, Mail } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { InboxEntryView } from '#channels/http/contract/jobs.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { formatMoment, formatShort } from '../../format.ts';
import { Markdown } from '../chat/markdown.tsx';

/** One entry: opened, it shows its text and counts as read. */
export function Entry({ entry, onRead }: { entry: InboxEntryView; onRead: () => void }) {
  const [open, setOpen] = useState(false);
  const { kind, title, body, jobId, createdAt, readAt } = entry;
  const Icon = kind === 'notice' ? Info : Mail;
  const unread = readAt === null;
  return (
    <details
      open={open}
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
        if (event.currentTarget.open && unread) onRead();
      }}
      className={`min-w-0 rounded-xl border bg-surface shadow-card ${unread ? 'border-accent' : 'border-line'}`}
    >
      <summary className="flex min-h-12 items-start gap-3 rounded-xl px-4 py-3 hover:bg-sunken">
        <Icon className={`mt-0.5 size-4 shrink-0 ${kind === 'notice' ? 'text-warn' : 'text-ink-3'}`} aria-hidden />
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className={`wrap-anywhere ${unread ? 'font-semibold' : 'font-medium text-ink-2'}`}>
            {unread && <span className="sr-only">Unread: </span>}
            {title}
          </span>
          <time dateTime={createdAt} title={formatMoment(createdAt)} className="text-ink-3 text-xs">
            {formatShort(createdAt)}
          </time>
        </span>
        {unread && <span aria-hidden className="mt-1.5 size-2.5 shrink-0 rounded-full bg-accent" />}
        <ChevronRight className={`mt-0.5 size-4 shrink-0 text-ink-3 ${open ? 'rotate-90' : ''}`} aria-hidden />
      </summary>
      {open && (
        <div className="grid min-w-0 grid-cols-1 gap-3 border-line border-t px-4 py-4">
          <Markdown text={body} streaming={false} />
          <div className="flex flex-wrap gap-2">
            {jobId !== null && (
              <Link to={`/jobs/${jobId}`} className={buttonClass()}>
                See the job
              </Link>
            )}
            {unread && <Button onClick={onRead}>Mark as read</Button>}
          </div>
        </div>
      )}
    </details>
  );
}
