/** A piece of a template: text as it stands, or something that is filled in. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly path: readonly string[]; readonly written: string }
  | { readonly kind: 'wrong'; readonly written: string; readonly problem: string; readonly line: number };

/** What is known at any time, in the time zone of the job’s schedule or else in UTC. */
export const knownAlways = ['date', 'time', 'yesterday', 'week', 'month', 'job.name'] as const;
/** What came from outside. */
export const outsideRoots = ['payload', 'record', 'change'] as const;
export type OutsideRoot = (typeof outsideRoots)[number];

export function isOutsideRoot(root: string): root is OutsideRoot {
  return outsideRoots.some((known) => known === root);
}

/** An escaped opening, a whole placeholder on one line, or an opening without an end. */
const token = /\\\{\{|\{\{((?:"(?:\\.|[^"\\\n])*"|[^"{}\n])*)\}\}|\{\{/g;

/** Takes a template apart. `\{{` stands for two braces as they are. */
export function readTemplate(template: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const found of template.matchAll(token)) {
    if (found.index > from) parts.push({ kind: 'text', text: template.slice(from, found.index) });
    parts.push(partOf(found[0], found[1], 1 + lineBreaksIn(template.slice(0, found.index))));
    from = found.index + found[0].length;
  }
  if (from < template.length) parts.push({ kind: 'text', text: template.slice(from) });
  return parts;
}

function partOf(written: string, inner: string | undefined, line: number): TemplatePart {
  if (written.startsWith('\\')) return { kind: 'text', text: '{{' };
  if (inner === undefined) {
    const problem =
      'Braces are opened with {{ and not closed with }} on the same line. Write \\{{ for braces as they are.';
    return { kind: 'wrong', written, problem, line };
  }
  const path = readPath(inner.trim());
  if (path !== null) return { kind: 'value', path, written: inner.trim() };
  const problem = `${written} cannot be read. Write names with dots between them, and others as in {{record.fields["Due date"]}}.`;
  return { kind: 'wrong', written, problem, line };
}

/** One step: a name after a dot, in which a dot is written `\.`; a name in brackets and quotes; or a place in a list. */
const step = /\.((?:\\.|[^.[\]"\\])+)|\[("(?:\\.|[^"\\])*")\]|\[(\d{1,6})\]/y;

/** The names on the way to a value; null where it cannot be read. */
function readPath(text: string): readonly string[] | null {
  const root = /^[A-Za-z_]+/.exec(text)?.[0];
  if (root === undefined) return null;
  const path = [root];
  step.lastIndex = root.length;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    const name = found === null ? null : nameOf(found);
    if (name === null) return null;
    path.push(name);
  }
  return path;
}

function nameOf([, plain, quoted, place]: RegExpExecArray): string | null {
  if (place !== undefined) return place;
  if (plain !== undefined) return plain.replace(/\\(.)/g, '$1').trim() || null;
  try {
    return JSON.parse(quoted ?? '') as string;
  } catch {
    return null;
  }
}

export function lineBreaksIn(text: string): number {
  return text.split('\n').length - 1;
}
