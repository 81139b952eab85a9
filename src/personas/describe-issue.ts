import type { z } from 'zod';

type Path = readonly PropertyKey[];

export interface DescribedIssue {
  /** Leads to the place of the fault. */
  readonly path: Path;
  readonly message: string;
  /** True for what should be there and is not. */
  readonly isMissing: boolean;
}

/** The settings there are at a place. A star stands for any name, such as a tool's, or any number. */
export type KnownKeys = Readonly<Record<string, readonly string[]>>;

const personaKeys: KnownKeys = {
  '': [
    'name',
    'description',
    'model',
    'scopes',
    'limits',
    'connections',
    'approvals',
    'approvers',
    'budget',
    'effects',
    'outsideText',
    'publicTables',
    'undo',
    'channels',
    'guests',
    'starters',
  ],
  limits: ['teams', 'databases', 'tables'],
  budget: ['steps', 'calls', 'seconds', 'tokens'],
  'approvers.*': ['people', 'fourEyes', 'hours'],
  'effects.*': ['run', 'hour', 'day', 'rows'],
  guests: ['scopes', 'limits'],
  'guests.limits': ['teams', 'databases', 'tables'],
};

/** Says in plain words what is wrong with a setting and what is allowed. Needs issues that report their input. */
export function describeIssue(issue: z.core.$ZodIssue, keysAt: KnownKeys = personaKeys): DescribedIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: describeUnknown(issue.path, key, keysAt),
      isMissing: false,
    }));
  }
  return [
    { path: issue.path, message: describeValue(issue), isMissing: issue.path.length > 0 && issue.input === undefined },
  ];
}

function describeUnknown(path: Path, key: string, keysAt: KnownKeys): string {
  const known = keysAt[path.join('.')] ?? keysAt[`${String(path[0])}.*`] ?? [];
  const place = path.length > 0 ? ` in ${nameOf(path)}` : '';
  return `“${key}” is not known${place}.${suggest(key, known)} Known are: ${known.join(', ')}.`;
}

function describeValue(issue: z.core.$ZodIssue): string {
  const where = nameOf(issue.path);
  if (issue.code === 'custom') return `${where} ${issue.message}.`;
  if (issue.input === undefined && issue.path.length > 0) return `${where} is missing.`;
  const written = typeof issue.input === 'string' ? issue.input : '';
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    return `${where} has a value that is not allowed.${suggest(written, allowed)} Allowed: ${allowed.join(', ')}.`;
  }
  if (issue.code !== 'invalid_type') return `${where} ${issue.message}.`;
  const quotes =
    issue.expected === 'string' && ['number', 'boolean'].includes(typeof issue.input) ? '; put it in quotes' : '';
  return `${where} must be ${wordFor(issue.expected)}${quotes}.`;
}

/** As a person counts: the first entry of a list is entry 1. */
function nameOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'The front matter';
  return typeof last === 'number' ? `Entry ${last + 1} of “${path.slice(0, -1).join('.')}”` : `“${path.join('.')}”`;
}

function wordFor(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    array: 'a list',
    object: 'a group of settings',
    record: 'a group of settings',
    boolean: 'true or false',
  };
  return words[expected] ?? expected;
}

/** “ Did you mean …?” where one of the names is close, else nothing. */
export function suggest(written: string, names: readonly string[]): string {
  const word = written.toLowerCase().slice(0, 80);
  const [near] = names
    .map((name) => ({ name, edits: distance(name, word) }))
    .filter(({ edits }) => edits <= 2)
    .sort((a, b) => a.edits - b.edits);
  return word === '' || near === undefined ? '' : ` Did you mean “${near.name}”?`;
}

/** Edits between two short words. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
