import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { type ApiDocument, nameOf, resolveSchema, type Schema } from './document.ts';
import { innerOf, type Member, membersOf, rulesOf, typeOf, valuesOf } from './schema-words.ts';

/** What a caller sends says what is required; what is answered says what may be missing. */
type Direction = 'sent' | 'answered';

interface SchemaViewProps {
  readonly document: ApiDocument;
  readonly schema: Schema;
  readonly direction: Direction;
}

/** The members of an object, or what a value is; what stands deeper is opened on demand, so that nothing is endless. */
export function SchemaView({ document, schema, direction }: SchemaViewProps) {
  const resolved = resolveSchema(document, schema);
  const members = membersOf(resolved);
  if (members.length > 0) {
    return (
      <ul className="grid gap-2">
        {members.map((member) => (
          <MemberLine key={member.name} document={document} member={member} direction={direction} />
        ))}
      </ul>
    );
  }
  if (resolved.type === 'object' && resolved.additionalProperties === false) {
    return <p className="text-ink-2">An empty object: {'{}'}</p>;
  }
  return (
    <div className="grid gap-1">
      <p>
        <Type schema={resolved} />
      </p>
      <Inner document={document} schema={resolved} direction={direction} />
    </div>
  );
}

function MemberLine({
  document,
  member: { name, schema, required },
  direction,
}: {
  document: ApiDocument;
  member: Member;
  direction: Direction;
}) {
  return (
    <li className="grid gap-0.5">
      <ValueLine name={name} schema={schema} required={required} direction={direction} />
      <Inner document={document} schema={schema} direction={direction} />
    </li>
  );
}

/** The name, the type, whether it may be left out, and what else is asked of a value. */
export function ValueLine({
  name,
  schema,
  required,
  direction,
}: {
  name: string;
  schema: Schema;
  required: boolean;
  direction: Direction;
}) {
  const rules = rulesOf(schema);
  const values = valuesOf(schema);
  return (
    <div className="wrap-anywhere">
      <code className="font-mono font-semibold">{name}</code> <Type schema={schema} />
      {direction === 'sent' && required && <span className="ms-2 text-warn text-xs">required</span>}
      {direction === 'answered' && !required && <span className="ms-2 text-ink-3 text-xs">may be missing</span>}
      {rules.length > 0 && <span className="ms-2 text-ink-3 text-xs">{rules.join(', ')}</span>}
      {schema.description !== undefined && <p className="text-ink-2 text-pretty">{schema.description}</p>}
      {values.length > 0 && (
        <p className="text-ink-2 text-xs">
          One of{' '}
          {values.map((value, place) => (
            <span key={value}>
              {place > 0 && ', '}
              <code className="font-mono">{value}</code>
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

function Type({ schema }: { schema: Schema }) {
  return <span className="text-accent">{typeOf(schema)}</span>;
}

function Inner({ document, schema, direction }: SchemaViewProps) {
  const all = innerOf(schema);
  const titled = all.map((inner, place) => ({
    inner,
    title: nameOf(inner.$ref) ?? (all.length > 1 ? `Choice ${place + 1}` : 'Members'),
  }));
  return titled.map(({ inner, title }) => (
    <Deeper key={title} document={document} schema={inner} direction={direction} title={title} />
  ));
}

function Deeper({ document, schema, direction, title }: SchemaViewProps & { title: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="inline-flex min-h-7 items-center gap-1 rounded text-ink-2 text-xs hover:text-ink pointer-coarse:min-h-11">
        <ChevronRight className={`size-3.5 ${open ? 'rotate-90' : ''}`} aria-hidden />
        {title}
      </summary>
      {open && (
        <div className="mt-1 border-line border-s-2 ps-3 pb-1">
          <SchemaView document={document} schema={schema} direction={direction} />
        </div>
      )}
    </details>
  );
}
