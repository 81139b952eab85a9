import type { JobTemplateView, TemplateQuestionView } from '#channels/http/contract/jobs.ts';
import type { Delivery, Json } from '../api.ts';
import {
  type DeliveryDraft,
  deliveryProblems,
  newDelivery,
  type Problems,
  toDelivery,
  toDeliveryDraft,
} from '../fields/delivery-draft.ts';
import { ownTimeZone } from '../fields/time-zone.ts';

/** An answer while it is written: text, ticked ids, or places. */
export type Written = string | readonly string[] | readonly DeliveryDraft[];
export type WrittenAnswers = Readonly<Record<string, Written>>;

/** What the questions of a template begin with. */
export function beginAnswers({ questions }: JobTemplateView): WrittenAnswers {
  return Object.fromEntries(questions.map((question) => [question.id, beginAnswer(question)]));
}

function beginAnswer({ kind, initial }: TemplateQuestionView): Written {
  if (kind === 'tables') return Array.isArray(initial) ? initial.map(String) : [];
  if (kind === 'deliveries') return beginDeliveries(initial);
  if (kind === 'time_zone') return ownTimeZone;
  if (kind === 'json') return initial === null || isEmptyObject(initial) ? '' : JSON.stringify(initial, null, 2);
  return typeof initial === 'string' || typeof initial === 'number' ? String(initial) : '';
}

function beginDeliveries(initial: unknown): readonly DeliveryDraft[] {
  return Array.isArray(initial) ? initial.map((one) => toDeliveryDraft(one as Delivery)) : [newDelivery('inbox')];
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether a question is asked, given the other answers. */
export function isAsked({ askedWhen }: TemplateQuestionView, answers: WrittenAnswers): boolean {
  if (askedWhen === null) return true;
  const answer = answers[askedWhen.question];
  return typeof answer === 'string' && askedWhen.is.includes(answer);
}

export function textOf(answers: WrittenAnswers, id: string): string {
  const answer = answers[id];
  return typeof answer === 'string' ? answer : '';
}

export function idsOf(answers: WrittenAnswers, id: string): readonly string[] {
  const answer = answers[id];
  return Array.isArray(answer) ? answer.filter((one): one is string => typeof one === 'string') : [];
}

export function deliveriesOf(answers: WrittenAnswers, id: string): readonly DeliveryDraft[] {
  const answer = answers[id];
  return Array.isArray(answer) ? answer.filter((one): one is DeliveryDraft => typeof one !== 'string') : [];
}

/** The answers as the service takes them, or what is wrong with them by the ids of their questions. */
export function readAnswers(
  { questions }: JobTemplateView,
  written: WrittenAnswers,
): { readonly answers: Record<string, Json>; readonly problems: Problems } {
  const answers: Record<string, Json> = {};
  const problems: Record<string, string> = {};
  for (const question of questions.filter((one) => isAsked(one, written))) {
    const read = readAnswer(question, written);
    Object.assign(problems, read.problems);
    if (read.value !== undefined) answers[question.id] = read.value;
  }
  return { answers, problems };
}

interface Read {
  readonly value?: Json;
  readonly problems?: Problems;
}

function readAnswer(question: TemplateQuestionView, written: WrittenAnswers): Read {
  const { id, kind, required } = question;
  if (kind === 'tables') {
    const ids = idsOf(written, id);
    return ids.length === 0 && required ? wrong(id, 'Tick at least one.') : { value: [...ids] };
  }
  if (kind === 'deliveries') return readDeliveries(id, deliveriesOf(written, id));
  const text = textOf(written, id).trim();
  if (text === '') return required ? wrong(id, emptyWords(question)) : {};
  if (kind === 'json') return readJson(id, text);
  if (kind === 'number') return readNumber(id, text);
  return { value: text };
}

function emptyWords({ kind, label }: TemplateQuestionView): string {
  const isWritten = kind === 'line' || kind === 'text' || kind === 'json' || kind === 'number' || kind === 'time';
  return isWritten ? 'Fill this in.' : `Choose: ${label.toLowerCase()}.`;
}

function readDeliveries(id: string, drafts: readonly DeliveryDraft[]): Read {
  const problems: Record<string, string> = {};
  for (const [index, draft] of drafts.entries()) {
    for (const [field, problem] of Object.entries(deliveryProblems(draft)))
      problems[`${id}.${index}.${field}`] = problem;
  }
  return { value: drafts.map(toDelivery) as unknown as Json, problems };
}

function readNumber(id: string, text: string): Read {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? { value } : wrong(id, 'Write a whole number, such as 200.');
}

function readJson(id: string, text: string): Read {
  try {
    return { value: JSON.parse(text) as Json };
  } catch (error) {
    return wrong(id, `This is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`);
  }
}

function wrong(id: string, problem: string): Read {
  return { problems: { [id]: problem } };
}
