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
import { maxFileBytes } from './read-markdown-files.ts';
import { readYaml, type YamlSettings } from './read-yaml.ts';
import { splitFrontMatter } from './split-front-matter.ts';

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

const words = {
  settings: 'name, description',
  body: 'instructions',
  noBody: 'There are no instructions. Write below the second “---” what the persona does.',
};

/** Reads a persona file: YAML front matter between `---` lines, then instructions in Markdown. Never throws. */
export function parsePersonaFile({ file, text, knownTools }: PersonaFile): ParsedPersona {
  try {
    const id = idOf(file);
    if (Buffer.byteLength(text) > maxFileBytes)
      throw new Fault(1, 'The file is larger than 64 kB. Shorten the instructions.');
    const { yaml, body: instructions } = splitFrontMatter(text, words);
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

function readFrontMatter(source: string, knownTools: readonly KnownTool[]): { front: FrontMatter; modelLine: number } {
  const yaml = readYaml(source);
  const parsed = personaFileSchema(knownTools).safeParse(withoutEmptySettings(yaml.value), { reportInput: true });
  if (parsed.success) return { front: parsed.data, modelLine: yaml.lineOf(['model']) };
  throw (
    firstFault(
      parsed.error.issues.flatMap((issue) => describeIssue(issue)),
      yaml,
    ) ?? parsed.error
  );
}

/** The uppermost in the file. What is missing comes last, because a misspelt setting is a missing one as well. */
export function firstFault(issues: ReturnType<typeof describeIssue>, yaml: YamlSettings): Fault | null {
  const [first] = issues
    .map(({ path, message, isMissing }) => ({ line: yaml.lineOf(path), message, isMissing }))
    .sort((a, b) => Number(a.isMissing) - Number(b.isMissing) || a.line - b.line);
  return first === undefined ? null : new Fault(first.line, first.message);
}
