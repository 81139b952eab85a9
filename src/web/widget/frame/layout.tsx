import { Bot, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../../components/button.tsx';

/** Above the chat: what it is, who answers, and what can be done with it. */
export function ChatHeader({
  title,
  persona,
  children,
}: {
  title: string;
  /** A few words on who answers; null while that is not known. */
  persona: string | null;
  children?: ReactNode;
}) {
  return (
    <header className="flex min-h-16 items-center gap-3 border-line border-b bg-surface ps-4 pe-2">
      <span className="grid size-10 shrink-0 place-items-center rounded-full bg-(--brand) text-(--on-brand)">
        <Bot className="size-5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <h1 tabIndex={-1} className="truncate font-semibold text-[0.9375rem] leading-tight outline-none">
          {title}
        </h1>
        {persona !== null && <p className="truncate text-ink-3 text-xs">{persona}</p>}
      </div>
      <div className="flex shrink-0 items-center">{children}</div>
    </header>
  );
}

export function CloseButton({ label, onClose }: { label: string; onClose: () => void }) {
  return (
    <IconButton label={label} onClick={onClose}>
      <X className="size-5" aria-hidden />
    </IconButton>
  );
}

/** Says that what answers here is no real one. */
export function StandIns({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return <p className="border-line border-b bg-warn-soft px-4 py-1 font-medium text-xs">{texts.join(' · ')}</p>;
}
