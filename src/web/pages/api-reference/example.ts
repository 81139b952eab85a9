import { type ApiDocument, type Endpoint, resolveSchema, type Schema } from './document.ts';
import { membersOf } from './schema-words.ts';

const deepest = 6;

/** A value that fits the schema, as short as it may be: members that can be left out are left out. */
export function exampleOf(document: ApiDocument, given: Schema, depth = 0): unknown {
  const schema = resolveSchema(document, given);
  if (depth > deepest) return null;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return exampleOf(document, choice, depth + 1);
  if (schema.type === 'array') return exampleList(document, schema, depth);
  if (schema.type === 'object') {
    const members = membersOf(schema).filter(({ required }) => required);
    return Object.fromEntries(
      members.map(({ name, schema: member }) => [name, exampleOf(document, member, depth + 1)]),
    );
  }
  return exampleScalar(schema);
}

function exampleList(document: ApiDocument, { items, minItems = 0 }: Schema, depth: number): unknown[] {
  return items === undefined || minItems === 0 ? [] : [exampleOf(document, items, depth + 1)];
}

function exampleScalar({ type, format, minimum = 1, minLength = 0 }: Schema): unknown {
  if (type === 'integer' || type === 'number') return minimum;
  if (type === 'boolean') return true;
  if (type !== 'string') return null;
  if (format === 'date-time') return '2026-01-31T08:00:00Z';
  if (format === 'email') return 'ann@example.com';
  if (format === 'uri') return 'https://example.com';
  return '…'.padEnd(minLength, '…');
}

/** The command that calls the endpoint with an API key, or null where none is let in. */
export function curlOf(document: ApiDocument, endpoint: Endpoint, origin: string): string | null {
  const { method, path, credentials, body, answers } = endpoint;
  if (credentials === 'session') return null;
  const streams = answers.some(({ answer }) => answer.content?.['text/event-stream'] !== undefined);
  const where = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.replaceAll(/([A-Z])/g, '_$1').toUpperCase());
  const asked = endpoint.parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  const query = asked.map(({ name, schema = {} }) => `${name}=${String(exampleOf(document, schema))}`).join('&');
  return [
    `curl${streams ? ' --no-buffer' : ''}${method === 'GET' ? '' : ` -X ${method}`} ${quote(`${origin}${where}${query === '' ? '' : `?${query}`}`)}`,
    ...(credentials === 'none' ? [] : ['-H "Authorization: Bearer $API_KEY"']),
    ...(body === null
      ? []
      : [`-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(exampleOf(document, body), null, 2))}`]),
  ].join(' \\\n  ');
}

/** For a shell: nothing inside single quotes means anything but another of them. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
