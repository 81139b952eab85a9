import { nameOf, type Schema } from './document.ts';

/** The type of a value in a few words: “string”, “list of Persona”, “integer or null”. */
export function typeOf(schema: Schema): string {
  const name = nameOf(schema.$ref);
  if (name !== null) return name;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return [...new Set(choices.map(typeOf))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'anything' : typeOf(schema.items)}`;
  if (typeof schema.type === 'string') return schema.type;
  if (schema.type !== undefined) return schema.type.join(' or ');
  return 'anything';
}

/** What else is asked of a value, each in a few words. */
export function rulesOf(schema: Schema): readonly string[] {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, format, pattern } = schema;
  return [
    ...rangeOf(minimum, maximum, ''),
    ...rangeOf(minLength, maxLength, ' characters'),
    ...rangeOf(minItems, maxItems, ' entries'),
    ...(format === undefined ? [] : [format]),
    ...(pattern === undefined || format !== undefined ? [] : [`matches ${pattern}`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

/** JSON's largest exact whole number stands for “no limit”. */
const noLimit = Number.MAX_SAFE_INTEGER;

function rangeOf(min: number | undefined, max: number | undefined, unit: string): readonly string[] {
  const low = min === undefined || min <= -noLimit ? undefined : min;
  const high = max === undefined || max >= noLimit ? undefined : max;
  if (low !== undefined && high !== undefined) return [`${low} to ${high}${unit}`];
  if (low !== undefined) return [`at least ${low}${unit}`];
  return high === undefined ? [] : [`at most ${high}${unit}`];
}

/** The values a closed choice has; empty where it is open. */
export function valuesOf(schema: Schema): readonly string[] {
  const values = schema.enum ?? schema.items?.enum ?? [];
  return values.map(String);
}

export interface Member {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The members of an object; empty for anything else. */
export function membersOf(schema: Schema): readonly Member[] {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    schema: member,
    required: required.includes(name),
  }));
}

/** What stands inside a value and is worth opening: the object, what a list is of, or the objects to choose from. */
export function innerOf(schema: Schema): readonly Schema[] {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.flatMap(innerOf);
  if (schema.items !== undefined) return innerOf(schema.items);
  if (typeof schema.additionalProperties === 'object') return innerOf(schema.additionalProperties);
  return schema.$ref !== undefined || schema.properties !== undefined ? [schema] : [];
}
