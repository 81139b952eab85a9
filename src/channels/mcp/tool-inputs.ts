import { z } from 'zod';
import { runStatuses } from '#agent/run-events.ts';
import { id } from '#channels/http/contract/common.ts';
import { maxMessageCharacters } from '#channels/http/contract/conversations.ts';
import { toolCallView } from '#channels/http/contract/messages.ts';

/** Clients give up after a minute unless they are told otherwise, and take what they waited for as cancelled then. */
export const longestWait = 50;

const range = `must be a whole number from 0 to ${longestWait}`;
const waitOf = (seconds: number) => z.int(range).min(0, range).max(longestWait, range).default(seconds);

const waitHelp = (seconds: number) =>
  `How many seconds to wait for the outcome, 0 to ${longestWait}; ${seconds} when left out. If it takes longer, ask get_run for it.`;

export const askInput = z.strictObject({
  message: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(maxMessageCharacters, `must have at most ${maxMessageCharacters} characters`)
    .describe('What the persona is asked or told to do.'),
  conversationId: id.optional().describe('Goes on with a conversation; from an earlier answer of the same persona.'),
  wait: waitOf(longestWait).describe(waitHelp(longestWait)),
});

export const getRunInput = z.strictObject({
  runId: id.describe('From an earlier answer.'),
  wait: waitOf(10).describe(waitHelp(10)),
});

export const waitForDecision = 30;

/** What a granted tool is asked for beside its own parameters. */
export const directInput = z.strictObject({ persona: id.optional(), wait: waitOf(waitForDecision) });
export const directWaitSchema = {
  type: 'integer',
  minimum: 0,
  maximum: longestWait,
  default: waitForDecision,
  description: `${waitHelp(waitForDecision)} A call that a person has to approve waits for them.`,
} as const;

/** What every answer says of its run. */
export const runOutcome = z.object({
  runId: z.string(),
  conversationId: z.string(),
  personaId: z.string(),
  status: z.enum(runStatuses),
  /** The persona's answer so far. */
  text: z.string(),
  toolCalls: z.array(toolCallView),
  /** Approvals it waits for. */
  waitingFor: z.array(z.string()),
  /** Where a person who is signed in decides on them; null where nothing is to be decided. */
  decideAt: z.string().nullable(),
  /** Why it ended otherwise than with a full answer, in plain words. */
  notice: z.string().nullable(),
});
export type RunOutcome = z.output<typeof runOutcome>;
