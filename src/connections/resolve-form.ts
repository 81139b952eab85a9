import { AppError } from '#errors';
import type { FormConnect, FormField } from '#integrations/catalog.ts';
import { Secret } from '#vault/secret.ts';

/** What a filled-in form leads to. */
export interface FilledForm {
  readonly baseUrl: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credential: Secret | null;
}

const longestValue = 1_000;

/** Throws AppError INPUT_INVALID whose message begins with the name of the field. */
export function resolveForm(connect: FormConnect, given: Readonly<Record<string, string>>): FilledForm {
  const unknown = Object.keys(given).find((name) => !connect.fields.some((field) => field.name === name));
  if (unknown !== undefined)
    throw new AppError('INPUT_INVALID', 'fields: there is a field among them that is not asked for.');
  const values = Object.fromEntries(
    connect.fields.flatMap((field) => {
      const value = read(field, given[field.name] ?? '');
      return value === '' ? [] : [[field.name, value]];
    }),
  );
  const { baseUrl, settings, credential } = connect.resolve(values);
  return { baseUrl, settings, credential: credential === null ? null : new Secret(credential) };
}

/** With another secret, everything else as it is. Throws AppError INPUT_INVALID. */
export function resolveSecret(
  connect: FormConnect,
  settings: Readonly<Record<string, unknown>> | null,
  secret: string,
): FilledForm {
  const field = connect.fields.find(({ kind }) => kind === 'secret');
  if (field === undefined) throw new AppError('INPUT_INVALID', 'key: this connection has nothing secret to replace.');
  const kept = Object.entries(settings ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
  );
  return resolveForm(connect, { ...Object.fromEntries(kept), [field.name]: secret });
}

function read(field: FormField, given: string): string {
  const { name, title, kind, required, choices = [] } = field;
  // What is secret may begin or end with a space.
  const value = kind === 'secret' ? given : given.trim();
  if (kind === 'choice') return readChoice(field, value === '' ? (choices[0]?.value ?? '') : value);
  if (value === '' && required) throw refuse(name, `fill in “${title}”.`);
  if (value.length > longestValue) throw refuse(name, `“${title}” has at most ${longestValue} characters.`);
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value)) throw refuse(name, `“${title}” is one line of printable characters.`);
  if (kind === 'number' && value !== '' && !/^\d{1,9}$/.test(value))
    throw refuse(name, `“${title}” is a whole number.`);
  return value;
}

function readChoice({ name, title, choices = [] }: FormField, value: string): string {
  if (choices.some((choice) => choice.value === value)) return value;
  throw refuse(name, `“${title}” is one of ${choices.map((choice) => `“${choice.value}”`).join(', ')}.`);
}

function refuse(name: string, words: string): AppError {
  return new AppError('INPUT_INVALID', `${name}: ${words}`);
}
