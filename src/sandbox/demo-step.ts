import type { Refusal } from './demo-conversation.ts';
import type { Goal, Place, RecordAddress } from './demo-intents.ts';
import type { DemoCall, Knowledge } from './demo-knowledge.ts';
import type { Replies } from './demo-replies.ts';
import type { Slot } from './demo-vocabulary.ts';

/** A question that was put to the person; the next message may be its answer. */
export interface Question {
  readonly missing: readonly Slot[];
  /** What was offered to choose from, in the order shown. */
  readonly options: readonly Place[];
  /** Only an offer: a message that does not fit is taken for something new. */
  readonly isOffer: boolean;
  /** Asks for a yes to exactly this deletion. */
  readonly confirms?: RecordAddress;
}

/** What to do next: make calls, or answer and perhaps ask. */
export type Step =
  | {
      readonly kind: 'calls';
      readonly calls: readonly DemoCall[];
      /** What is said before they are made; null for nothing. */
      readonly words: string | null;
    }
  | {
      readonly kind: 'answer';
      readonly text: string;
      readonly question: Question | null;
      /** What an answer to the question goes on with, where that is not the present goal. */
      readonly nextGoal?: Goal;
      /** The team spoken of, for “its databases”. */
      readonly team?: Place;
      /** The deletion spoken of, for “and record 13 too”. */
      readonly deletion?: RecordAddress;
      /** The goal is reached; “again” must not repeat it. */
      readonly isDone?: true;
      /** The text already says what this model is. */
      readonly introduces?: true;
    };

export interface StepContext {
  /** What the person wrote in the turn worked on. */
  readonly text: string;
  readonly knowledge: Knowledge;
  readonly say: Replies;
  isOffered(tool: string): boolean;
}

export type Resolved<Value> = { readonly found: Value } | { readonly step: Step };

type AnswerExtras = Omit<Extract<Step, { kind: 'answer' }>, 'kind' | 'text' | 'question'> & {
  readonly question?: Question;
};

export function answer(text: string, extras: AnswerExtras = {}): Step {
  return { kind: 'answer', text, ...extras, question: extras.question ?? null };
}

export function call(calls: readonly DemoCall[], words: string | null = null): Step {
  return { kind: 'calls', calls, words };
}

export function refused(context: StepContext, refusals: readonly Refusal[]): Step {
  return answer(context.say.refused(refusals));
}

/** Asks which of the options was meant. */
export function askFor(slot: Slot, text: string, options: readonly Place[] = []): Step {
  return answer(text, { question: { missing: [slot], options, isOffer: false } });
}
