import { type Dialogue, interpret } from './demo-answers.ts';
import type { Conversation } from './demo-conversation.ts';
import type { Goal } from './demo-intents.ts';
import { readMessage } from './demo-message.ts';
import { planStep, summarize } from './demo-plan.ts';
import { repliesIn } from './demo-replies.ts';
import type { Step, StepContext } from './demo-step.ts';
import type { Language } from './demo-text.ts';

export interface Offer {
  /** Every tool the model was told of. */
  readonly tools: readonly string[];
  /** False when the answer has to be words, whatever the tools. */
  readonly mayCall: boolean;
}

interface State extends Dialogue {
  readonly language: Language;
}

/** A dialogue that began longer ago than this is taken up in the middle. */
const maxTurns = 8;

const start: State = { goal: null, question: null, team: null, deletion: null, language: 'en' };

/**
 * What the demo model does next. Nothing is remembered between calls: the dialogue's state is worked out anew from the
 * whole conversation, by reading each turn with what was known at its end.
 */
export function decide(conversation: Conversation, offer: Offer): Step {
  const firstTurn = Math.max(0, conversation.turns.length - maxTurns);
  let state = start;
  let taken: { goal: Goal; step: Step; context: StepContext } | null = null;
  for (const [offset, text] of conversation.turns.slice(firstTurn).entries()) {
    const turn = firstTurn + offset;
    const message = readMessage(text);
    const language: Language = message.language ?? state.language;
    const goal = interpret(state, message);
    const context: StepContext = {
      text,
      knowledge: { turn, calls: conversation.calls.filter((call) => call.turn <= turn) },
      say: repliesIn(language),
      isOffered: (tool) => offer.tools.includes(tool),
    };
    const step = planStep(goal, context);
    taken = { goal, step, context };
    const after = stateAfter(state, goal, step);
    state = { ...after, question: wasAsked(step, conversation.answers.get(turn)) ? after.question : null, language };
  }
  if (taken === null) throw new Error('A conversation has at least one turn.');
  const step = taken.step.kind === 'calls' && !offer.mayCall ? summarize(taken.context) : taken.step;
  return conversation.hasAnswered ? step : introduced(step, taken.context);
}

/** A question about a deletion counts only where the person got all of it to read. */
function wasAsked(step: Step, shown = ''): boolean {
  if (step.kind === 'calls' || step.question?.confirms === undefined) return true;
  const words = (text: string) => text.split(/\s+/).join(' ');
  return words(shown).includes(words(step.text));
}

function stateAfter(state: State, goal: Goal, step: Step): Dialogue {
  if (step.kind === 'calls') return { goal, question: null, team: state.team, deletion: state.deletion };
  // A yes counts once: “again” asks anew.
  const next = step.isDone ? null : (step.nextGoal ?? { ...goal, confirmed: null });
  return {
    goal: next,
    question: step.question,
    team: step.team ?? state.team,
    deletion: step.deletion ?? state.deletion,
  };
}

/** The first answer of a conversation says once what is answering. */
function introduced(step: Step, { say }: StepContext): Step {
  if (step.kind === 'calls' || step.introduces) return step;
  return { ...step, text: `${say.whatThisIs()}\n\n${step.text}` };
}
