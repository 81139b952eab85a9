import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { type DefinedFormats, fullFormats } from 'ajv-formats/dist/formats.js';
import { readPattern } from './safe-pattern.ts';
import { shapeProblems } from './schema-shape.ts';

export type PayloadSchema = Readonly<Record<string, unknown>>;

export interface PayloadSchemas {
  /** What is wrong with the payload, in plain words; null where it meets the schema, and where there is none. */
  problemWith(schema: PayloadSchema | null, payload: unknown): string | null;
}

/** Why a schema cannot be used, each in plain words with where; empty where it can. */
export function checkPayloadSchema(schema: PayloadSchema): readonly string[] {
  const problems = shapeProblems(schema);
  if (problems.length > 0) return problems;
  const { meta } = metaSchema();
  if (!meta(schema)) {
    return (meta.errors ?? []).slice(0, 5).map((error) => `The schema itself is wrong: ${wordsFor(error)}.`);
  }
  try {
    compile(schema);
    return [];
  } catch (error) {
    return [`The schema cannot be used: ${error instanceof Error ? error.message.slice(0, 300) : 'it is damaged'}.`];
  }
}

const mostCompiled = 100;

/** Keeps what it has compiled: the same schema comes with each event of a job. */
export function createPayloadSchemas(): PayloadSchemas {
  const compiled = new Map<string, Check>();
  const checkFor = (schema: PayloadSchema): Check => {
    const text = JSON.stringify(schema);
    const known = compiled.get(text);
    if (known !== undefined) return known;
    const check = checkOf(schema);
    if (compiled.size >= mostCompiled) compiled.delete(compiled.keys().next().value ?? '');
    compiled.set(text, check);
    return check;
  };
  return { problemWith: (schema, payload) => (schema === null ? null : checkFor(schema)(payload)) };
}

type Check = (payload: unknown) => string | null;

function checkOf(schema: PayloadSchema): Check {
  const problems = checkPayloadSchema(schema);
  if (problems.length > 0) {
    // It was saved before this was minded, or around it.
    return () => `The job’s schema cannot be used (${problems[0]}). Whoever owns the job has to correct it.`;
  }
  return compile(schema);
}

/** More than that of matching in one payload, and it is refused: about a fifth of a second. */
const mostSteps = 20_000_000;

class TooManySteps extends Error {}

/** So that nothing a sender writes keeps the service busy, all matching is counted. */
function createSteps() {
  let left = mostSteps;
  return {
    begin() {
      left = mostSteps;
    },
    take(steps: number) {
      left -= steps;
      if (left < 0) throw new TooManySteps();
    },
  };
}

type Steps = ReturnType<typeof createSteps>;

function compile(schema: PayloadSchema): Check {
  const steps = createSteps();
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    meta: false,
    validateSchema: false,
    addUsedSchema: false,
    inlineRefs: false,
    ownProperties: true,
    formats: countedFormats(steps),
    code: { regExp: countedPatterns(steps) },
  });
  const { $schema: _dialect, ...rest } = schema;
  const validate = ajv.compile(rest);
  return (payload) => {
    steps.begin();
    try {
      return validate(payload) === true ? null : problemOf(validate.errors ?? []);
    } catch (error) {
      if (error instanceof TooManySteps || error instanceof RangeError) {
        return 'It holds longer texts than the patterns of the schema are matched against.';
      }
      throw error;
    }
  };
}

function countedPatterns(steps: Steps) {
  const engine = (pattern: string) => {
    const read = readPattern(pattern);
    if (read.problem !== null) throw new Error(`the pattern ${pattern.slice(0, 60)} ${read.problem}`);
    const expression = new RegExp(pattern, 'u');
    return {
      test(text: string): boolean {
        steps.take(read.stepsFor(text.length));
        return expression.test(text);
      },
    };
  };
  // Only code that is written to a file would need it.
  engine.code = '';
  return engine;
}

type FormatName = keyof DefinedFormats;

/** Those that JSON Schema names, apart from such as nobody needs of a payload. */
const offered: readonly FormatName[] = [
  'date',
  'time',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uri-reference',
  'uuid',
  'json-pointer',
];

function countedFormats(steps: Steps) {
  const counted = offered.map((name) => {
    const test = testOf(fullFormats[name]);
    const validate = (text: string) => {
      steps.take(text.length ** 2);
      return test(text);
    };
    return [name, { type: 'string', validate }] as const;
  });
  return Object.fromEntries(counted);
}

function testOf(format: DefinedFormats[FormatName]): (text: string) => boolean {
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === 'function') return (text) => format(text) === true;
  if (typeof format === 'object' && 'validate' in format && typeof format.validate === 'function') {
    const { validate } = format as { readonly validate: (text: string) => unknown };
    return (text) => validate(text) === true;
  }
  return () => true;
}

let metaAjv: { readonly meta: ReturnType<Ajv2020['compile']> } | undefined;

/** Takes a while to make, and is needed by few processes. */
function metaSchema() {
  if (metaAjv === undefined) {
    const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
    const meta = ajv.getSchema('https://json-schema.org/draft/2020-12/schema');
    if (meta === undefined) throw new Error('The package for JSON Schema holds no 2020-12.');
    metaAjv = { meta: meta as ReturnType<Ajv2020['compile']> };
  }
  return metaAjv;
}

const mostTold = 5;

function problemOf(errors: readonly ErrorObject[]): string {
  const told = [...new Set(errors.map(wordsFor))].slice(0, mostTold);
  return `${told.join('; ')}.`.slice(0, 1_000);
}

function wordsFor({ instancePath, message, keyword, params }: ErrorObject): string {
  const where = instancePath === '' ? 'it' : instancePath.slice(1).replaceAll('/', '.').slice(0, 200);
  if (keyword === 'additionalProperties') {
    return `${where} must not have “${String(params.additionalProperty).slice(0, 100)}”`;
  }
  if (keyword === 'enum' && Array.isArray(params.allowedValues)) {
    return `${where} must be one of ${JSON.stringify(params.allowedValues).slice(0, 200)}`;
  }
  return `${where} ${(message ?? 'is not as it should be').replace(/'([^']*)'/g, '“$1”').slice(0, 200)}`;
}
