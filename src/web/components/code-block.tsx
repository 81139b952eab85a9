import { useId } from 'react';
import { CopyButton } from './copy-button.tsx';

/** Text for programs, to be read and copied as it stands. Long lines are scrolled, also by keyboard. */
export function CodeBlock({ label, text }: { label: string; text: string }) {
  const id = useId();
  return (
    <figure aria-labelledby={id} className="grid min-w-0 gap-1">
      <figcaption className="flex min-h-9 items-center justify-between gap-2">
        <span id={id} className="font-medium">
          {label}
        </span>
        <CopyButton text={text} label={`Copy: ${label}`} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard.
        tabIndex={0}
        className="overflow-x-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-relaxed"
      >
        {text}
      </pre>
    </figure>
  );
}
