import { Check, Copy } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from './button.tsx';
import { inputClass } from './field.tsx';

/** Something shown once, to be taken along: marked as a whole on a click, and copied at a press. */
export function SecretLine({ label, text }: { label: string; text: string }) {
  const id = useId();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
          className={`${inputClass} flex-1 basis-56 bg-sunken font-mono text-xs!`}
        />
        {/* Plain http beyond localhost has no clipboard; the line can be marked and copied by hand there. */}
        {navigator.clipboard !== undefined && (
          <Button look="primary" onClick={copy} className="max-sm:flex-1">
            {copied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </div>
      <p role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </p>
    </div>
  );
}
