import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ToolParameters } from './tool-definition.ts';

/*
 * Schemas of discovered tools come from outside: what they hold is data, never code. Patterns of theirs are left to their
 * own service, since one that never ends would hold up everybody.
 */
const anything = Object.assign(() => ({ test: () => true }), { code: 'anything' });
const options = { strict: false, validateFormats: false, logger: false, code: { regExp: anything } } as const;
const mostSchemaCharacters = 64 * 1024;

/** Answers what is wrong with an input, in one sentence a model can act on; null where nothing is. */
export type CheckInput = (input: unknown) => string | null;

/** Null for a schema that cannot be understood, or is not one of an object. */
export function compileInput(schema: unknown): CheckInput | null {
  const validate = compile(schema);
  if (validate === null) return null;
  return (input) => {
    if (validate(input) === true) return null;
    const [error] = validate.errors ?? [];
    const where = error?.instancePath.replace(/^\//, '').replaceAll('/', '.') ?? '';
    return `${where === '' ? 'The arguments' : where}: ${error?.message ?? 'do not fit'}`;
  };
}

export function isInputSchema(schema: unknown): schema is ToolParameters {
  return compile(schema) !== null;
}

function compile(schema: unknown): ValidateFunction | null {
  if (typeof schema !== 'object' || schema === null || !('type' in schema) || schema.type !== 'object') return null;
  if (JSON.stringify(schema).length > mostSchemaCharacters) return null;
  const dialect = '$schema' in schema && String(schema.$schema).includes('draft-07') ? Ajv : Ajv2020;
  const { $schema: _dialect, $id: _id, ...plain } = schema as Record<string, unknown>;
  try {
    return new dialect(options).compile(plain);
  } catch {
    return null;
  }
}
