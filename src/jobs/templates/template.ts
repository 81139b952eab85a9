import type { PersonaDefinition } from '#personas/persona-definition.ts';
import type { JobDefinition } from '../job-definition.ts';

export type QuestionKind =
  | 'persona'
  | 'line'
  | 'text'
  | 'number'
  | 'time'
  | 'time_zone'
  | 'team'
  | 'database'
  | 'table'
  | 'tables'
  | 'model'
  | 'deliveries'
  | 'choice'
  | 'json'
  | 'tool';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Something a template asks. */
export interface Question {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly kind: QuestionKind;
  readonly required: boolean;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly initial: Json;
  readonly askedWhen: { readonly question: string; readonly is: readonly string[] } | null;
}

export type JobTemplateId = 'trigger-on-event' | 'daily-summary' | 'cross-tool-sync';

/** What the persona of a job must hold, and one that would. */
export interface PersonaNeed {
  readonly scopes: PersonaDefinition['scopes'];
  /** Where it works: its limits must leave this open. */
  readonly target: { readonly team: string; readonly database: string } | null;
  readonly fitting: PersonaDefinition;
}

export interface FilledTemplate {
  /** Its persona is a placeholder until one is chosen. */
  readonly definition: JobDefinition;
  readonly need: PersonaNeed;
  /** The persona that was chosen; null where the template is to find one. */
  readonly persona: string | null;
  readonly notes: readonly string[];
}

/** A job in the making: what to ask, and what becomes of the answers. */
export interface JobTemplate {
  readonly id: JobTemplateId;
  readonly title: string;
  readonly description: string;
  readonly questions: readonly Question[];
  /** Throws AppError INPUT_INVALID for answers it cannot use, naming the question. */
  fill(answers: Readonly<Record<string, unknown>>): FilledTemplate;
}

/** Stands where the persona’s id goes until one is chosen. */
export const personaPlaceholder = 'new-persona';

type Asked = Pick<Question, 'id' | 'label' | 'kind'> & Partial<Question>;

export function question({ help = '', required = true, choices = [], initial = null, ...asked }: Asked): Question {
  return { ...asked, help, required, choices, initial, askedWhen: asked.askedWhen ?? null };
}
