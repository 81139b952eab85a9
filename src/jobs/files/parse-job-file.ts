import path from 'node:path';
import type { z } from 'zod';
import { AppError } from '#errors';
import { type DescribedIssue, describeIssue } from '#personas/describe-issue.ts';
import { Fault } from '#personas/fault.ts';
import { firstFault } from '#personas/parse-persona-file.ts';
import { maxFileBytes } from '#personas/read-markdown-files.ts';
import { readYaml, type YamlSettings } from '#personas/read-yaml.ts';
import { splitFrontMatter } from '#personas/split-front-matter.ts';
import { type JobDefinition, jobDefinitionSchema } from '../job-definition.ts';
import { type JobFileSettings, jobFileKeys, jobFileSchema } from './job-file.ts';

export interface JobFileProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export interface JobFile {
  /** The file's name without `.md`. */
  readonly id: string;
  readonly file: string;
  readonly definition: JobDefinition;
  readonly owner: string | null;
  readonly organization: string | null;
  readonly paused: boolean;
  /** The line of a setting, dots go down, or of the nearest thing around it. */
  readonly lineOf: (setting: string) => number;
}

export type ParsedJobFile =
  | { readonly ok: true; readonly job: JobFile }
  | { readonly ok: false; readonly problem: JobFileProblem };

const words = {
  settings: 'name, persona, trigger',
  body: 'prompt',
  noBody: 'There is no prompt. Write below the second “---” what the persona is asked to do.',
};

/** Reads a job file: YAML front matter between `---` lines, then the prompt in Markdown. Never throws. */
export function parseJobFile({ file, text }: { readonly file: string; readonly text: string }): ParsedJobFile {
  try {
    const id = idOf(file);
    const { settings, prompt, lineOf } = readSettings(text);
    const { owner = null, organization = null, paused, mandate, ...rest } = settings;
    const given = { ...rest, mandate: { ...mandate, allowances: [] }, prompt };
    const definition = jobDefinitionSchema.safeParse(given);
    if (!definition.success) throw new Fault(1, definition.error.issues.map(({ message }) => message).join('; '));
    return { ok: true, job: { id, file, definition: definition.data, owner, organization, paused, lineOf } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ok: false, problem: { file, line: error.line, message: error.message } };
  }
}

/** The definition that a file's text gives; whose it was does not matter. Throws AppError INPUT_INVALID with the line. */
export function readJobImport(text: string): JobDefinition {
  // The name of the file gives no id here, so any will do.
  const parsed = parseJobFile({ file: 'job.md', text });
  if (parsed.ok) return parsed.job.definition;
  const { line, message } = parsed.problem;
  throw new AppError('INPUT_INVALID', `Line ${line}: ${message}`);
}

function idOf(file: string): string {
  const id = path.basename(file, '.md');
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) return id;
  throw new Fault(1, 'The file’s name must be small letters, digits and hyphens, for example weekly-report.md.');
}

interface ReadSettings {
  readonly settings: JobFileSettings;
  readonly prompt: string;
  readonly lineOf: (setting: string) => number;
}

function readSettings(text: string): ReadSettings {
  if (Buffer.byteLength(text) > maxFileBytes) throw new Fault(1, 'The file is larger than 64 kB. Shorten the prompt.');
  const { yaml, body } = splitFrontMatter(text, words);
  if (body.length > longestPrompt) {
    throw new Fault(yaml.split('\n').length + 3, `The prompt must have at most ${longestPrompt} characters.`);
  }
  const read = readYaml(yaml);
  const parsed = jobFileSchema.safeParse(withoutEmpty(read.value), { reportInput: true });
  if (!parsed.success) throw faultOf(parsed.error, read);
  return { settings: parsed.data, prompt: body, lineOf: (setting) => read.lineOf(pathOf(setting)) };
}

const longestPrompt = 16_000;

/** A setting that may be left out may as well be left empty, as `conditions:` with nothing after it. */
function withoutEmpty(front: unknown): unknown {
  if (typeof front !== 'object' || front === null || Array.isArray(front)) return front;
  const shape: Readonly<Record<string, z.ZodType>> = jobFileSchema.shape;
  const isLeftOut = ([name, value]: [string, unknown]) =>
    value === null && Object.hasOwn(shape, name) && shape[name]?.safeParse(undefined).success === true;
  return Object.fromEntries(Object.entries(front).filter((setting) => !isLeftOut(setting)));
}

function faultOf(error: z.ZodError, read: YamlSettings): Fault | z.ZodError {
  return firstFault(error.issues.flatMap(describe), read) ?? error;
}

const noAllowances =
  'Standing approvals are not written in files: whoever runs the service would give them. Remove this; a person who may decide gives them on the job’s page, once the file is loaded.';

function describe(issue: z.core.$ZodIssue): readonly DescribedIssue[] {
  if (issue.code === 'invalid_union') return [describeKind(issue)];
  const described = describeIssue(issue, jobFileKeys);
  const isAllowances = ({ path: at }: DescribedIssue) => at.join('.') === 'mandate.allowances';
  return described.map((one) => (isAllowances(one) ? { ...one, message: noAllowances } : one));
}

const kindsAt: Readonly<Record<string, readonly string[]>> = {
  trigger: ['manual', 'schedule', 'webhook', 'ninox_change'],
  deliveries: ['inbox', 'email', 'slack', 'webhook'],
};

/** The kind of a trigger or a delivery, which decides what else may stand there. */
function describeKind({ path: at }: z.core.$ZodIssue): DescribedIssue {
  const [root = ''] = at.map(String);
  const kinds = kindsAt[root];
  const where = at.at(-1) === 'kind' ? at : [...at, 'kind'];
  const allowed = kinds === undefined ? '' : ` It must be one of: ${kinds.join(', ')}.`;
  const message =
    kinds === undefined
      ? `“${at.join('.')}” has a value that is not allowed.`
      : `“${where.join('.')}” is not known.${allowed}`;
  return { path: where, message, isMissing: false };
}

function pathOf(setting: string): (string | number)[] {
  return setting.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
