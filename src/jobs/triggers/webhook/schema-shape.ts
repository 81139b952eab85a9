import { readPattern } from './safe-pattern.ts';

/*
 * Whether a JSON Schema that a person has given stays within bounds: what is checked against it comes from outside, and
 * neither may keep the service busy for long.
 */

const longestSchema = 64 * 1024;
const mostSchemas = 1_000;
/** With each reference counted as what it points to. */
const mostExpanded = 10_000;
const deepestSchema = 32;
const mostUnique = 1_000;
const mostProblems = 10;

const dialects = ['https://json-schema.org/draft/2020-12/schema', 'https://json-schema.org/draft/2020-12/schema#'];
const single = [
  'additionalProperties',
  'contains',
  'else',
  'if',
  'items',
  'not',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
];
const lists = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const maps = ['$defs', 'definitions', 'dependentSchemas', 'patternProperties', 'properties'];
/** They would name things beyond the schema itself, or change what its references mean. */
const refusedKeywords = [
  '$id',
  'id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$vocabulary',
  '$async',
];

type SchemaObject = Readonly<Record<string, unknown>>;

interface Place {
  readonly path: string;
  readonly depth: number;
}

/** What is beyond the bounds, each in plain words with where; empty where nothing is. */
export function shapeProblems(schema: SchemaObject): readonly string[] {
  const length = JSON.stringify(schema).length;
  if (length > longestSchema) return [`The schema has ${length} characters; at most ${longestSchema} are taken.`];
  const problems: string[] = [];
  const { $schema } = schema;
  if ($schema !== undefined && !dialects.some((dialect) => dialect === $schema)) {
    problems.push(`“$schema” must be ${dialects[0]}, or left out.`);
  }
  const visit = createVisit(problems);
  visit(schema, { path: '#', depth: 0 });
  if (problems.length === 0) problems.push(...expansionProblems(schema));
  return problems.slice(0, mostProblems);
}

function createVisit(problems: string[]) {
  let count = 0;
  const visit = (schema: unknown, { path, depth }: Place): void => {
    count += 1;
    if (count === mostSchemas + 1) problems.push(`It has more than ${mostSchemas} parts.`);
    if (depth === deepestSchema + 1) problems.push(`${path} lies more than ${deepestSchema} levels deep.`);
    if (count > mostSchemas || depth > deepestSchema || !isObject(schema)) return;
    problems.push(...ownProblems(schema).map((problem) => `${path}: ${problem}`));
    for (const [name, part] of partsOf(schema)) visit(part, { path: `${path}/${name}`, depth: depth + 1 });
  };
  return visit;
}

function ownProblems(schema: SchemaObject): string[] {
  const problems = refusedKeywords
    .filter((keyword) => keyword in schema)
    .map((keyword) => `“${keyword}” cannot be used here.`);
  const { $ref, uniqueItems, maxItems } = schema;
  if ($ref !== undefined && !(typeof $ref === 'string' && /^#(\/[^/]*)*$/.test($ref))) {
    problems.push('“$ref” must point into this schema, such as #/$defs/address.');
  }
  if (uniqueItems === true && !(typeof maxItems === 'number' && maxItems <= mostUnique)) {
    problems.push(`“uniqueItems” needs a “maxItems” of at most ${mostUnique} beside it.`);
  }
  for (const pattern of patternsOf(schema)) {
    const { problem } = readPattern(pattern);
    if (problem !== null) problems.push(`the pattern ${pattern.slice(0, 60)} ${problem}.`);
  }
  return problems;
}

function patternsOf({ pattern, patternProperties }: SchemaObject): string[] {
  const own = typeof pattern === 'string' ? [pattern] : [];
  return isObject(patternProperties) ? [...own, ...Object.keys(patternProperties)] : own;
}

/** The schemas inside of a schema, by where they are. */
function partsOf(schema: SchemaObject): (readonly [string, unknown])[] {
  const parts: (readonly [string, unknown])[] = [];
  for (const keyword of single) if (keyword in schema) parts.push([keyword, schema[keyword]]);
  for (const keyword of [...lists, ...maps]) {
    const inner = schema[keyword];
    if (typeof inner !== 'object' || inner === null) continue;
    for (const [name, part] of Object.entries(inner)) parts.push([`${keyword}/${name}`, part]);
  }
  return parts;
}

class ExpansionRefused extends Error {}

/** Twice two references to twice two more and so on are few to write, and without end to check. */
function expansionProblems(root: SchemaObject): string[] {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const sizeOf = (schema: unknown): number => {
    if (!isObject(schema)) return 1;
    const known = sizes.get(schema);
    if (known !== undefined) return known;
    if (open.has(schema)) throw new ExpansionRefused('It refers to itself. Write it out as deep as you need it.');
    open.add(schema);
    const { $ref } = schema;
    let size = 1 + (typeof $ref === 'string' ? sizeOf(pointedTo(root, $ref)) : 0);
    for (const [name, part] of partsOf(schema)) if (!/^(\$defs|definitions)\//.test(name)) size += sizeOf(part);
    open.delete(schema);
    if (size > mostExpanded) {
      throw new ExpansionRefused(`With its references written out it would have more than ${mostExpanded} parts.`);
    }
    sizes.set(schema, size);
    return size;
  };
  try {
    sizeOf(root);
    return [];
  } catch (error) {
    if (error instanceof ExpansionRefused) return [error.message];
    throw error;
  }
}

function pointedTo(root: SchemaObject, reference: string): unknown {
  const steps = reference
    .split('/')
    .slice(1)
    .map((step) => decodeStep(step).replaceAll('~1', '/').replaceAll('~0', '~'));
  let found: unknown = root;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) {
      throw new ExpansionRefused(`“${reference.slice(0, 100)}” points to nothing.`);
    }
    found = (found as SchemaObject)[step];
  }
  return found;
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function isObject(value: unknown): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
