import { formatJson } from '../format.ts';
import { CopyButton } from './copy-button.tsx';

/** A value whole and readable, scrollable by keyboard, with a button to copy it. */
export function JsonBlock({ label, value }: { label: string; value: unknown }) {
  const text = formatJson(value);
  return (
    <figure aria-label={label}>
      <figcaption className="flex min-h-9 items-center justify-between font-semibold text-ink-2 text-xs">
        {label}
        <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="max-h-96 overflow-auto whitespace-pre-wrap wrap-anywhere rounded-lg border border-line bg-sunken p-3 font-mono text-xs leading-relaxed"
      >
        {text}
      </pre>
    </figure>
  );
}
