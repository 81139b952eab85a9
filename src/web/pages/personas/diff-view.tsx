import { type Change, foldLines, type Line } from './definition-diff.ts';

const marks = {
  added: { sign: '+', word: 'added', className: 'bg-good-soft', signClass: 'text-good' },
  removed: { sign: '−', word: 'removed', className: 'bg-bad-soft', signClass: 'text-bad' },
  same: { sign: '', word: '', className: '', signClass: '' },
} as const;

/** What differs, setting by setting. What came and what went is marked by sign and word, not by colour alone. */
export function DiffView({ changes, label }: { changes: readonly Change[]; label: string }) {
  if (changes.length === 0) return <p className="text-ink-2">They say the same.</p>;
  return (
    <section aria-label={label}>
      <dl className="grid gap-4">
        {changes.map((change) => (
          <div key={change.label} className="grid min-w-0 grid-cols-1 gap-1.5">
            <dt className="font-semibold">{change.label}</dt>
            <dd className="overflow-hidden rounded-lg border border-line bg-surface">
              <Lines lines={linesOf(change)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function linesOf(change: Change): readonly Line[] {
  if (change.kind === 'lines') return change.lines;
  return [
    ...(change.before === null ? [] : [{ sign: 'removed' as const, text: change.before }]),
    ...(change.after === null ? [] : [{ sign: 'added' as const, text: change.after }]),
  ];
}

function Lines({ lines }: { lines: readonly Line[] }) {
  const folded = foldLines(lines);
  return (
    <ul>
      {folded.map((line, index) =>
        line.sign === 'gap' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place
          <li key={index} className="border-line border-y border-dashed px-3 py-1 text-2xs text-ink-3 first:border-t-0">
            {line.count === 1 ? 'One line is the same' : `${line.count} lines are the same`}
          </li>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing but its place
          <DiffLine key={index} line={line} first={folded[index - 1]?.sign !== line.sign} />
        ),
      )}
    </ul>
  );
}

/** `first` of a run of lines with one sign says the word for eyes as well; for ears each line says it. */
function DiffLine({ line: { sign, text }, first }: { line: Line; first: boolean }) {
  const mark = marks[sign];
  const Tag = sign === 'added' ? 'ins' : sign === 'removed' ? 'del' : 'span';
  return (
    <li className={`grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-1 px-2 py-0.5 ${mark.className}`}>
      <span aria-hidden className={`text-center font-mono font-semibold ${mark.signClass}`}>
        {mark.sign}
      </span>
      <Tag className="wrap-anywhere min-h-5 whitespace-pre-wrap no-underline">
        {sign !== 'same' && <span className="sr-only">{mark.word}: </span>}
        {text}
      </Tag>
      <span aria-hidden className={`text-2xs ${mark.signClass}`}>
        {first ? mark.word : ''}
      </span>
    </li>
  );
}
