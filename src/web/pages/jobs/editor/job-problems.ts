import { describeError, ProblemError } from '../../../api-client.ts';
import { splitDetail } from '../../../components/form-problems.ts';
import { deliveryProblems, type Problems } from '../fields/delivery-draft.ts';
import { takesValue } from '../job-words.ts';
import type { AllowanceDraft } from './allowance-draft.ts';
import { type JobDraft, readObject, type SyncDraft, type TriggerDraft } from './job-draft.ts';

type Found = Record<string, string | null>;

/** What can be told before the service is asked, by the path of the setting: `name`, `trigger.when`, `deliveries.0.to`. */
export function findProblems(draft: JobDraft): Problems {
  const found: Found = {
    name: lineProblem(draft.name, 80, 'Give the job a name.'),
    description: draft.description.trim().length > 300 ? 'Shorten it to 300 characters.' : null,
    persona: draft.persona === '' ? 'Choose who works.' : null,
    prompt: promptProblem(draft),
    ...triggerProblems(draft.trigger),
    ...(draft.sync === null ? {} : syncProblems(draft.sync)),
    ...allowanceProblems(draft.allowances, 'mandate.allowances'),
    retries: numberProblem(draft.retries, 0, 10),
    mostPerHour: numberProblem(draft.mostPerHour, 1, 10_000),
  };
  for (const [index, { field, is, value }] of draft.conditions.entries()) {
    found[`conditions.${index}.field`] = lineProblem(field, 200, 'Name the field.');
    const empty = takesValue(is) && value === '';
    found[`conditions.${index}.value`] = empty ? 'Write what it is compared with.' : null;
  }
  for (const [index, delivery] of draft.deliveries.entries()) {
    for (const [field, problem] of Object.entries(deliveryProblems(delivery)))
      found[`deliveries.${index}.${field}`] = problem;
  }
  return onlyProblems(found);
}

function promptProblem({ prompt, sync }: JobDraft): string | null {
  const text = prompt.trim();
  if (text === '') return sync === null ? 'Write what the persona is asked.' : 'Write how one item becomes a record.';
  return text.length > 16_000 ? `Shorten it to 16000 characters; it has ${text.length}.` : null;
}

function triggerProblems(trigger: TriggerDraft): Found {
  switch (trigger.kind) {
    case 'manual':
      return {};
    case 'schedule':
      return {
        'trigger.when': lineProblem(trigger.when, 120, 'Say when, such as “every weekday at 8”.'),
        'trigger.missedHours': trigger.missed === 'skip' ? null : numberProblem(trigger.missedHours, 1, 168),
      };
    case 'webhook':
      return { 'trigger.schema': objectProblem(trigger.schema) };
    case 'ninox_change':
      return {
        'trigger.team': trigger.team === '' ? 'Choose a team.' : null,
        'trigger.database': trigger.database === '' ? 'Choose a database.' : null,
        'trigger.on': trigger.on.length === 0 ? 'Choose at least one kind of change.' : null,
        'trigger.everySeconds': numberProblem(trigger.everySeconds, 15, 86_400),
      };
  }
}

function syncProblems(sync: SyncDraft): Found {
  return {
    'sync.from.tool': sync.tool === '' ? 'Choose what reads.' : null,
    'sync.from.arguments': objectProblem(sync.arguments),
    'sync.to.team': sync.team === '' ? 'Choose a team.' : null,
    'sync.to.database': sync.database === '' ? 'Choose a database.' : null,
    'sync.to.table': sync.table === '' ? 'Choose a table.' : null,
    'sync.key': lineProblem(sync.key, 200, 'Name the field that tells records apart.'),
    'sync.most': numberProblem(sync.most, 1, 1_000),
  };
}

export function allowanceProblems(allowances: readonly AllowanceDraft[], at: string): Found {
  const found: Found = {};
  for (const [index, { tool, count, until }] of allowances.entries()) {
    found[`${at}.${index}.tool`] = tool === '' ? 'Choose a tool.' : null;
    found[`${at}.${index}.count`] = numberProblem(count, 1, 100_000);
    found[`${at}.${index}.expiresAt`] = /^\d{4}-\d{2}-\d{2}$/.test(until) ? null : 'Say until which day it counts.';
  }
  return found;
}

export function onlyProblems(found: Found): Problems {
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== null));
}

function lineProblem(text: string, max: number, whenEmpty: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '') return whenEmpty;
  return trimmed.length > max ? `Shorten it to ${max} characters; it has ${trimmed.length}.` : null;
}

function numberProblem(text: string, min: number, max: number): string | null {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isInteger(number) && number >= min && number <= max
    ? null
    : `Write a whole number from ${min} to ${max}.`;
}

function objectProblem(text: string): string | null {
  if (text.trim() === '' || readObject(text) !== null) return null;
  return 'This must be a JSON object, such as { "type": "object" }.';
}

const settings =
  /^(name|description|persona|trigger|conditions|prompt|sync|model|deliveries|deliverWhen|mandate|overlap|retries|mostPerHour)(\.|$)/;

/** Puts what the service found wrong beside its setting; the rest of it is said above the form. */
export function problemsOf(error: unknown): { readonly problems: Problems; readonly rest: string | null } {
  if (!(error instanceof ProblemError) || error.code !== 'INPUT_INVALID') {
    return { problems: {}, rest: describeError(error) };
  }
  const detail = error.detail.replaceAll(/(^|; )definition\./g, '$1');
  const { fields, problem } = splitDetail(detail, (path) => settings.test(path));
  return { problems: fields, rest: problem };
}

/** What of a refusal still counts: the settings nobody has touched since, and those that are still wrong. */
export function problemsLeft(
  { problems, draft: refused }: { readonly problems: Problems; readonly draft: JobDraft | null },
  draft: JobDraft,
): Problems {
  if (refused === null || refused === draft) return problems;
  const before: Readonly<Record<string, unknown>> = { ...refused, mandate: refused.allowances };
  const now: Readonly<Record<string, unknown>> = { ...draft, mandate: draft.allowances };
  const wrong = findProblems(draft);
  const left = Object.entries(problems).flatMap(([path, problem]): [string, string][] => {
    const [setting = ''] = path.split('.');
    const still = before[setting] === now[setting] ? problem : wrong[path];
    return still === undefined ? [] : [[path, still]];
  });
  return Object.fromEntries(left);
}

/** The problem of a setting or of anything inside it. */
export function problemAt(problems: Problems, path: string): string | undefined {
  const inside = Object.keys(problems).find((key) => key === path || key.startsWith(`${path}.`));
  return inside === undefined ? undefined : problems[inside];
}
