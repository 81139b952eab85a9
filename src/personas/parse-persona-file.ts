import path from 'node:path';
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { buildPersona, type KnownTool, type Persona, personaFileSchema } from './persona-schema.ts';

/** Where a file is wrong and what to do about it. `line` counts from 1 in the file as an editor shows it. */
export interface PersonaProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type ParsedPersona =
  | { readonly ok: true; readonly persona: Persona }
  | { readonly ok: false; readonly problem: PersonaProblem };

export interface PersonaFile {
  readonly file: string;
  readonly text: string;
  readonly knownTools: readonly KnownTool[];
}

const maxFileBytes = 64 * 1024;
const fence = '---';

/** A problem found while reading a file. */
class Fault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Reads a persona file: YAML front matter between `---` lines, then instructions in Markdown. Never throws. */
export function parsePersonaFile({ file, text, knownTools }: PersonaFile): ParsedPersona {
  try {
    const id = idOf(file);
    if (Buffer.byteLength(text) > maxFileBytes) throw new Fault(1, 'The file is larger than 64 kB. Shorten the instructions.');
    const { yaml, instructions } = splitFile(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'));
    const front = readFrontMatter(yaml, knownTools);
    return { ok: true, persona: buildPersona({ id, file, front, instructions }) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, problem: { file, line: error.line, message: error.message } };
  }
}

function idOf(file: string): string {
  const id = path.basename(file, '.md');
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) return id;
  throw new Fault(1, 'The file’s name must be small letters, digits and hyphens, for example sales-assistant.md.');
}

function splitFile(text: string): { yaml: string; instructions: string } {
  const lines = text.split('\n');
  if (lines[0]?.trimEnd() !== fence) {
    throw new Fault(1, 'The file must begin with a line “---”, then name, description and so on, then another “---”.');
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === fence);
  if (end === -1) throw new Fault(lines.length, 'The front matter is not closed. Add a line “---” before the instructions.');
  const instructions = lines.slice(end + 1).join('\n').trim();
  if (instructions === '') throw new Fault(end + 1, 'There are no instructions. Write below the second “---” what the persona does.');
  return { yaml: lines.slice(1, end).join('\n'), instructions };
}

/** The first line of the YAML is the second of the file. */
const linesBefore = 1;

function readFrontMatter(yaml: string, knownTools: readonly KnownTool[]) {
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter, uniqueKeys: true, customTags: [], merge: false, stringKeys: true });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line + linesBefore;
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw new Fault(lineAt(broken.pos[0]), `This is not valid YAML: ${firstLine(broken.message)}`);
  const parsed = personaFileSchema(knownTools).safeParse(plainValue(document, lineAt), { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw parsed.error;
  throw new Fault(lineOfIssue(document, issue, lineAt), describeIssue(issue));
}

function plainValue(document: Document.Parsed, lineAt: (offset: number) => number): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw new Fault(lineAt(document.contents?.range?.[0] ?? 0), 'Anchors and aliases (& and *) are not used here. Write the values out.');
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

type Issue = z.core.$ZodIssue;

/** The line of the value that is wrong, or of the nearest thing around it that is there. */
function lineOfIssue(document: Document.Parsed, issue: Issue, lineAt: (offset: number) => number): number {
  const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const where = [...issue.path, ...extra];
  for (let depth = where.length; depth > 0; depth -= 1) {
    const line = lineOfPath(document, where.slice(0, depth), lineAt);
    if (line !== null) return line;
  }
  return linesBefore;
}

function lineOfPath(document: Document.Parsed, where: readonly PropertyKey[], lineAt: (offset: number) => number): number | null {
  const key = where.at(-1);
  const parent: unknown = where.length === 1 ? document.contents : document.getIn(where.slice(0, -1), true);
  if (typeof key === 'string' && isMap(parent)) {
    const keyNode = parent.items.find((item) => isScalar(item.key) && item.key.value === key)?.key;
    return isNode(keyNode) && keyNode.range ? lineAt(keyNode.range[0]) : null;
  }
  const node: unknown = document.getIn(where, true);
  return isNode(node) && node.range ? lineAt(node.range[0]) : null;
}

function describeIssue(issue: Issue): string {
  const where = issue.path.length > 0 ? `“${issue.path.join('.')}”` : 'The front matter';
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const place = issue.path.length > 0 ? ` in ${where}` : '';
    return `“${key}” is not known${place}. ${suggestion(key, issue.path)}`;
  }
  if (issue.code === 'invalid_value') {
    return `${where} has a value that is not allowed. Allowed: ${issue.values.map(String).join(', ')}.`;
  }
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? `${where} is missing.` : `${where} must be ${wordFor(issue.expected)}.`;
  }
  return `${where} ${issue.message}.`;
}

function wordFor(expected: string): string {
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    array: 'a list',
    object: 'a group of settings',
    record: 'a group of settings',
  };
  return words[expected] ?? expected;
}

const keysAt: Record<string, readonly string[]> = {
  '': ['name', 'description', 'model', 'scopes', 'limits', 'approvals', 'budget', 'channels', 'starters'],
  limits: ['teams', 'databases', 'tables'],
  budget: ['steps', 'calls', 'seconds'],
};

function suggestion(key: string, where: readonly PropertyKey[]): string {
  const known = keysAt[where.join('.')] ?? [];
  const near = known.find((name) => distance(name, key.toLowerCase()) <= 2);
  return near === undefined ? `Known are: ${known.join(', ')}.` : `Did you mean “${near}”?`;
}

/** Edits between two short words. */
function distance(a: string, b: string): number {
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
