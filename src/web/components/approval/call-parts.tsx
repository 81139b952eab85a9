import { ArrowRight, ChevronRight, MessageSquareQuote } from 'lucide-react';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { JsonBlock } from '../json-block.tsx';
import { argumentLabel, argumentsOf, differencesOf, plainWords } from './approval-words.ts';
import { useName } from './use-name.ts';

/** What the model wrote about its call: set apart from what the service has looked up. */
export function ModelWords({ words }: { words: string }) {
  return (
    <figure className="grid gap-1 rounded-lg border border-control border-dashed px-3 py-2">
      <figcaption className="flex items-center gap-1.5 font-semibold text-ink-2 text-xs">
        <MessageSquareQuote className="size-3.5 shrink-0" aria-hidden />
        The model says — not checked
      </figcaption>
      <blockquote className="max-h-40 overflow-y-auto whitespace-pre-wrap wrap-anywhere text-ink-2 italic">
        {plainWords(words)}
      </blockquote>
    </figure>
  );
}

/** What the call is made with, to the letter. */
export function Arguments({ value }: { value: unknown }) {
  const list = argumentsOf(value);
  return (
    <details className="group">
      <summary className="flex min-h-9 pointer-coarse:min-h-11 items-center gap-1.5 rounded-md font-medium text-ink-2 hover:text-ink">
        <ChevronRight className="size-4 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
        Arguments{list.length > 0 ? ` (${list.length})` : ''}
      </summary>
      <JsonBlock label="Arguments, to the letter" value={value ?? {}} />
    </details>
  );
}

/** What the model had asked for, next to what is asked now that a person has changed it. */
export function Changes({ approval, editor }: { approval: ApprovalView; editor: NonNullable<ApprovalView['editor']> }) {
  const editorName = useName(editor);
  const differences = differencesOf(approval.askedFor, approval.arguments);
  if (differences.length === 0) return null;
  return (
    <section aria-label="Changed arguments" className="grid gap-1.5 rounded-lg bg-accent-soft px-3 py-2.5">
      <p className="font-semibold">{editorName} changed what is asked</p>
      <dl className="grid gap-1.5">
        {differences.map(({ name, before, now }) => (
          <div key={name} className="grid gap-x-3 sm:grid-cols-[9rem_1fr]">
            <dt className="wrap-anywhere text-ink-2">{argumentLabel(name)}</dt>
            <dd className="flex min-w-0 flex-wrap items-center gap-x-2">
              <span className="sr-only">The model asked for </span>
              <del className="wrap-anywhere text-ink-2">{before ?? 'nothing'}</del>
              <ArrowRight className="size-3.5 shrink-0 text-ink-3" aria-hidden />
              <span className="sr-only">, asked now is </span>
              <ins className="wrap-anywhere font-medium no-underline">{now ?? 'nothing'}</ins>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
