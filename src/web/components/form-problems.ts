import { describeError, ProblemError } from '../api-client.ts';
import { capitalize } from '../words.ts';

/** What is wrong, by the name of the field. */
export type FieldProblems = Readonly<Record<string, string>>;

/** What can be seen without asking the service. */
export function checkFields(form: HTMLFormElement): FieldProblems {
  const problems: Record<string, string> = {};
  for (const element of form.elements) {
    if (!(element instanceof HTMLInputElement) || element.name === '') continue;
    const problem = checkField(element);
    if (problem !== null && problems[element.name] === undefined) problems[element.name] = problem;
  }
  return problems;
}

function checkField(field: HTMLInputElement): string | null {
  if (field.type === 'radio' || field.type === 'checkbox') return field.validity.valueMissing ? 'Choose one.' : null;
  if (field.required && field.value.trim() === '') return 'Fill this in.';
  if (field.validity.typeMismatch) return 'This must be an e-mail address, such as ada@example.com.';
  // Asked by hand: the browser itself judges the length only of what was typed, not of what was filled in.
  if (field.minLength > 0 && field.value !== '' && field.value.length < field.minLength) {
    return `Must have at least ${field.minLength} characters; this has ${field.value.length}.`;
  }
  return null;
}

/** Puts a refusal beside the fields it names; the rest of it is said for the whole form. */
export function readProblems(
  error: unknown,
  form: HTMLFormElement,
): { readonly fields: FieldProblems; readonly problem: string | null } {
  if (!(error instanceof ProblemError) || error.code !== 'INPUT_INVALID') {
    return { fields: {}, problem: describeError(error) };
  }
  return splitDetail(error.detail, (name) => form.elements.namedItem(name) !== null);
}

/** The service writes `field: what is wrong; other: what is wrong`. */
export function splitDetail(
  detail: string,
  isField: (name: string) => boolean,
): { readonly fields: FieldProblems; readonly problem: string | null } {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const part of detail.split('; ')) {
    const [, path = '', text = ''] = part.match(/^([A-Za-z][\w.]*): (.+)$/s) ?? [];
    // A problem with one entry of a list belongs to the list's field.
    const name = [path, path.replace(/(\.\d+)+$/, '')].find((candidate) => candidate !== '' && isField(candidate));
    if (name === undefined) rest.push(part);
    else fields[name] ??= asSentence(text);
  }
  return { fields, problem: rest.length > 0 ? rest.map(asSentence).join('\n') : null };
}

function asSentence(text: string): string {
  const sentence = capitalize(text.trim());
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}
