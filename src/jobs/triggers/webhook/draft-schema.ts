/*
 * A JSON Schema drawn from one sample: what it holds is taken to be needed, what it does not hold is left open. Objects in
 * one list are one kind of thing, of which only what all of them have is needed.
 */

type Json = Readonly<Record<string, unknown>>;

const deepest = 12;
const mostProperties = 200;
/** Of a longer list its beginning stands for all. */
const mostItems = 50;
/** Of all that is drawn together; what lies beyond is left open. */
const mostSchemas = 800;

/** Deterministic, and within what `checkPayloadSchema` takes. */
export function draftSchema(sample: unknown): Record<string, unknown> {
  const drawing = { left: mostSchemas };
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...draw([sample], deepest, drawing) };
}

interface Drawing {
  left: number;
}

/** One schema that all the values meet. */
function draw(values: readonly unknown[], levels: number, drawing: Drawing): Json {
  drawing.left -= 1;
  if (levels === 0 || drawing.left < 0) return {};
  const types = [...new Set(values.map(typeOf))];
  const merged = types.includes('number') ? types.filter((type) => type !== 'integer') : types;
  const type = merged.length === 1 ? merged[0] : merged.sort();
  return {
    ...(merged.length === 0 ? {} : { type }),
    ...formatOf(values.filter((value) => typeof value === 'string')),
    ...drawObjects(values.filter(isObject), levels, drawing),
    ...drawLists(values.filter(Array.isArray), levels, drawing),
  };
}

function drawObjects(objects: readonly Json[], levels: number, drawing: Drawing): Json {
  if (objects.length === 0) return {};
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))].slice(0, mostProperties);
  const properties = names.map((name) => {
    const values = objects.filter((object) => Object.hasOwn(object, name)).map((object) => object[name]);
    return [name, draw(values, levels - 1, drawing)] as const;
  });
  const required = names.filter((name) => objects.every((object) => Object.hasOwn(object, name)));
  return { properties: Object.fromEntries(properties), ...(required.length === 0 ? {} : { required }) };
}

function drawLists(lists: readonly (readonly unknown[])[], levels: number, drawing: Drawing): Json {
  const items = lists.flatMap((list) => list.slice(0, mostItems)).slice(0, mostItems);
  return items.length === 0 ? {} : { items: draw(items, levels - 1, drawing) };
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
const date = /^\d{4}-\d{2}-\d{2}$/;
const email = /^[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}$/i;

/** Only where every text there has it: a guess that is wrong refuses good events. */
function formatOf(texts: readonly string[]): Json {
  if (texts.length === 0) return {};
  if (texts.every((text) => dateTime.test(text) && !Number.isNaN(Date.parse(text)))) return { format: 'date-time' };
  if (texts.every((text) => date.test(text) && !Number.isNaN(Date.parse(text)))) return { format: 'date' };
  return texts.every((text) => email.test(text)) ? { format: 'email' } : {};
}
