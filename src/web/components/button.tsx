import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong disabled:bg-line disabled:text-ink-3',
  secondary: 'border border-line bg-surface text-ink hover:bg-sunken disabled:text-ink-3',
  quiet: 'text-ink-2 hover:bg-sunken hover:text-ink disabled:text-ink-3',
  danger: 'bg-bad text-surface hover:opacity-90 disabled:bg-line disabled:text-ink-3 disabled:opacity-100',
} as const;

export type ButtonLook = keyof typeof looks;

const base =
  'inline-flex items-center justify-center gap-2 rounded-lg font-medium transition-colors select-none disabled:cursor-not-allowed';
const touch = 'min-h-9 max-md:min-h-11 pointer-coarse:min-h-11';

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = 'secondary', extra = ''): string {
  return `${base} ${touch} px-3 ${looks[look]} ${extra}`;
}

export function Button({
  look = 'secondary',
  className = '',
  ...props
}: ComponentProps<'button'> & { look?: ButtonLook }) {
  return <button type="button" {...props} className={buttonClass(look, className)} />;
}

/** A button that shows only an icon; `label` is its accessible name and its tooltip. */
export function IconButton({
  label,
  look = 'quiet',
  className = '',
  ...props
}: ComponentProps<'button'> & { label: string; look?: ButtonLook }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...props}
      className={`${base} ${touch} min-w-9 max-md:min-w-11 pointer-coarse:min-w-11 ${looks[look]} ${className}`}
    />
  );
}
