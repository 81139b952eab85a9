import path from 'node:path';
import { buildPersona } from './build-persona.ts';
import { describeIssue } from './describe-issue.ts';
import { Fault } from './fault.ts';
import {
  type FrontMatter,
  type KnownTool,
  type Persona,
  personaFileSchema,
  withoutEmptySettings,
} from './persona-schema.ts';
import { readYaml, type YamlSettings } from './read-yaml.ts';

/** Where a file is wrong and what to do about it. `line` counts from 1 in the file as an editor shows it. */
export interface PersonaProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type ParsedPersona =
  /** `modelLine` is the line that names the model. */
  | { readonly ok: true; readonly persona: Persona; readonly modelLine: number }
  | { readonly ok: false; readonly problem: PersonaProblem };

export interface PersonaFile {
  readonly file: string;
  readonly text: string;
  readonly knownTools: readonly KnownTool[];
}

export const maxFileBytes = 64 * 1024;
const fence = '---';

/** Reads a persona file: YAML front matter between `---` lines, then instructions in Markdown. Never throws. */
export function parsePersonaFile({ file, text, knownTools }: PersonaFile): ParsedPersona {
  try {
    const id = idOf(file);
    if (Buffer.byteLength(text) > maxFileBytes)
      throw new Fault(1, 'The file is larger than 64 kB. Shorten the instructions.');
    const { yaml, instructions } = splitFile(withPlainLineEnds(text));
    const { front, modelLine } = readFrontMatter(yaml, knownTools);
    return { ok: true, persona: buildPersona({ id, file, revision: null, front, instructions }), modelLine };
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

/** Editors on Windows write a mark at the beginning and other line ends; neither changes what a persona is. */
function withPlainLineEnds(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
}

function splitFile(text: string): { yaml: string; instructions: string } {
  const lines = text.split('\n');
  const garbled = lines.findIndex((line) => /[\uFFFD\0]/.test(line));
  if (garbled !== -1)
    throw new Fault(garbled + 1, 'This is not plain UTF-8 text. Save the file again with the encoding UTF-8.');
  if (lines[0]?.trimEnd() !== fence) {
    throw new Fault(1, 'The file must begin with a line “---”, then name, description and so on, then another “---”.');
  }
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === fence);
  if (end === -1)
    throw new Fault(lines.length, 'The front matter is not closed. Add a line “---” before the instructions.');
  const instructions = lines
    .slice(end + 1)
    .join('\n')
    .trim();
  if (instructions === '')
    throw new Fault(end + 1, 'There are no instructions. Write below the second “---” what the persona does.');
  return { yaml: lines.slice(1, end).join('\n'), instructions };
}

function readFrontMatter(source: string, knownTools: readonly KnownTool[]): { front: FrontMatter; modelLine: number } {
  const yaml = readYaml(source);
  const parsed = personaFileSchema(knownTools).safeParse(withoutEmptySettings(yaml.value), { reportInput: true });
  if (parsed.success) return { front: parsed.data, modelLine: yaml.lineOf(['model']) };
  throw firstFault(parsed.error.issues.flatMap(describeIssue), yaml) ?? parsed.error;
}

/** The uppermost in the file. What is missing comes last, because a misspelt setting is a missing one as well. */
function firstFault(issues: ReturnType<typeof describeIssue>, yaml: YamlSettings): Fault | null {
  const [first] = issues
    .map(({ path, message, isMissing }) => ({ line: yaml.lineOf(path), message, isMissing }))
    .sort((a, b) => Number(a.isMissing) - Number(b.isMissing) || a.line - b.line);
  return first === undefined ? null : new Fault(first.line, first.message);
}
