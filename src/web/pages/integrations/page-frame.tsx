import { ArrowLeft, Info, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

/** The measure of every page about integrations, with the way back above it. */
export function PageFrame({
  title,
  back,
  wide = false,
  children,
}: {
  title: string;
  back?: { to: string; label: string };
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="h-full overflow-y-auto">
      <title>{`${title} – Personas for Ninox`}</title>
      <div className={`mx-auto grid gap-6 px-4 py-6 md:px-6 ${wide ? 'max-w-5xl' : 'max-w-3xl'}`}>
        {back !== undefined && (
          <Link
            to={back.to}
            className="-mt-2 -mb-3 flex min-h-9 items-center gap-1.5 justify-self-start font-medium text-ink-2 hover:text-ink pointer-coarse:min-h-11"
          >
            <ArrowLeft className="size-4" aria-hidden />
            {back.label}
          </Link>
        )}
        {children}
      </div>
    </div>
  );
}

/** What becomes of keys: said in the same words wherever it is said. */
export function KeyPromise() {
  return (
    <div className="flex gap-2 text-ink-2 text-xs text-pretty">
      <ShieldCheck className="size-4 shrink-0 text-good" aria-hidden />
      <div className="grid gap-1">
        <p>
          Keys are stored encrypted and never shown again. The encryption and the sign-ins at other services are renewed
          by themselves. API keys are checked every day; when you replace one, the old one stays in use until the new
          one has proved to work.
        </p>
        <details>
          <summary className="justify-self-start underline underline-offset-2">In technical words</summary>
          <p>
            Encryption keys rotate automatically; OAuth tokens refresh automatically; API keys are checked daily and
            swapped with a guided overlap.
          </p>
        </details>
      </div>
    </div>
  );
}

export function ReadOnlyNotice({ children }: { children: ReactNode }) {
  return (
    <p className="flex gap-2 text-ink-2">
      <Info className="mt-0.5 size-4 shrink-0" aria-hidden />
      <span>{children}</span>
    </p>
  );
}
