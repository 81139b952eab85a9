import { Eye, Pencil, Trash2 } from 'lucide-react';

export type Effect = 'read' | 'write' | 'destructive';

const hints = {
  read: { icon: Eye, word: 'Reads only', className: 'text-ink-2' },
  write: { icon: Pencil, word: 'Adds and changes', className: 'text-ink' },
  destructive: { icon: Trash2, word: 'Destructive', className: 'text-bad' },
} as const;

/** Whether a tool or scope only reads, adds and changes, or takes data away: an icon and the words, never colour alone. */
export function EffectHint({ effect }: { effect: Effect }) {
  const { icon: Icon, word, className } = hints[effect];
  return (
    <span className={`inline-flex items-center gap-1 whitespace-nowrap font-medium text-xs ${className}`}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {word}
    </span>
  );
}
