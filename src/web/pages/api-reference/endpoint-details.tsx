import { ChevronRight } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { JsonBlock } from '../../components/json-block.tsx';
import type { Answer, ApiDocument, Endpoint, Parameter, Schema } from './document.ts';
import { curlOf } from './example.ts';
import { SchemaView, ValueLine } from './schema-view.tsx';

const methodLooks: Readonly<Record<string, string>> = {
  GET: 'text-good',
  POST: 'text-accent',
  PUT: 'text-accent',
  PATCH: 'text-accent',
  DELETE: 'text-bad',
};

/** One endpoint: a line, and all about it once it is opened. Its address opens it. */
export function EndpointDetails({
  document,
  endpoint,
  startOpen,
}: {
  document: ApiDocument;
  endpoint: Endpoint;
  startOpen: boolean;
}) {
  const [open, setOpen] = useState(startOpen);
  const { id, method, path, summary } = endpoint;
  return (
    <details
      id={id}
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group/endpoint scroll-mt-2 rounded-xl border border-line bg-surface shadow-card"
    >
      <summary className="flex min-h-11 flex-wrap content-center items-baseline gap-x-3 gap-y-0.5 rounded-xl px-3 py-2 hover:bg-sunken">
        <ChevronRight className="size-4 shrink-0 self-center text-ink-3 group-open/endpoint:rotate-90" aria-hidden />
        <span className={`w-14 font-mono font-semibold text-xs ${methodLooks[method] ?? 'text-ink-2'}`}>{method}</span>
        <code className="wrap-anywhere font-mono text-xs">{path}</code>
        <span className="text-ink-2 max-sm:basis-full">{summary}</span>
      </summary>
      {open && <About document={document} endpoint={endpoint} />}
    </details>
  );
}

function About({ document, endpoint }: { document: ApiDocument; endpoint: Endpoint }) {
  const { access, parameters, body, answers } = endpoint;
  const curl = curlOf(document, endpoint, window.location.origin);
  return (
    <div className="grid grid-cols-1 gap-5 border-line border-t px-3 py-4 md:px-5">
      <p className="text-ink-2 text-pretty">{access.replaceAll('`', '')}</p>
      <Parameters title="In the path" parameters={parameters.filter((parameter) => parameter.in === 'path')} />
      <Parameters title="Query" parameters={parameters.filter((parameter) => parameter.in === 'query')} />
      {body !== null && (
        <Part title="Body">
          <SchemaView document={document} schema={body} direction="sent" />
        </Part>
      )}
      <Part title="Answers">
        <ul className="grid gap-3">
          {answers.map(({ status, answer }) => (
            <AnswerLine key={status} document={document} status={status} answer={answer} />
          ))}
        </ul>
      </Part>
      {curl === null ? (
        <p className="rounded-lg bg-sunken px-3 py-2.5 text-ink-2">
          Only for somebody who is signed in here: an API key is not let in.
        </p>
      ) : (
        <JsonBlock label="Example" value={curl} />
      )}
    </div>
  );
}

function Parameters({ title, parameters }: { title: string; parameters: readonly Parameter[] }) {
  if (parameters.length === 0) return null;
  return (
    <Part title={title}>
      <ul className="grid gap-2">
        {parameters.map(({ name, schema = {}, required = false }) => (
          <li key={name}>
            <ValueLine name={name} schema={schema} required={required} direction="sent" />
          </li>
        ))}
      </ul>
    </Part>
  );
}

function AnswerLine({ document, status, answer }: { document: ApiDocument; status: string; answer: Answer }) {
  const content = Object.entries(answer.content ?? {});
  const schema = content[0]?.[1].schema;
  const isProblem = content[0]?.[0] === 'application/problem+json';
  return (
    <li className="grid gap-1">
      <p className="wrap-anywhere">
        <code className="font-mono font-semibold">{status}</code> {answer.description}
        {content.length > 0 && (
          <span className="ms-2 text-ink-3 text-xs">{content.map(([type]) => type).join(', ')}</span>
        )}
      </p>
      {schema !== undefined && !isProblem && isReadable(schema) && (
        <div className="border-line border-s-2 ps-3">
          <SchemaView document={document} schema={schema} direction="answered" />
        </div>
      )}
    </li>
  );
}

/** A file or a stream has no members to show. */
function isReadable(schema: Schema): boolean {
  return schema.type !== 'string';
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-2">
      <h4 id={id} className="font-semibold text-ink-2 text-xs">
        {title}
      </h4>
      {children}
    </section>
  );
}
