import { z } from 'zod';
import { runStatuses } from '#agent/run-events.ts';

/*
 * OpenAI's chat completions, as far as a persona can honour them. A client's own tools are refused: a persona has its own,
 * behind its guard. What is not named here is ignored, as the parameters in `ignoredParameters` are.
 */

/** Parameters that change nothing: the persona says which model answers, and how. */
export const ignoredParameters = [
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'seed',
  'stop',
  'user',
  'metadata',
  'store',
  'service_tier',
  'reasoning_effort',
  'verbosity',
  'prediction',
  'parallel_tool_calls',
  'tool_choice',
  'function_call',
  'prompt_cache_key',
  'safety_identifier',
] as const;

/** The longest message of one request; earlier ones are cut to what fits. */
export const maxCompletionCharacters = 64_000;
const maxMessages = 2_000;

const refused = (message: string, code: string) => ({ message, params: { code } });

/** `null` and an empty list are what many clients send for nothing. */
const nothingOf = (message: string) =>
  z
    .unknown()
    .refine(
      (value) =>
        value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0),
      refused(message, 'unsupported_parameter'),
    )
    .optional();

const ownTools = 'a persona uses its own tools only. Leave it out, and grant the persona what it needs.';

const part = z.looseObject({ type: z.string() }).transform((value, context) => {
  const text = value.type === 'refusal' ? value.refusal : value.text;
  if ((value.type === 'text' || value.type === 'refusal') && typeof text === 'string') return text;
  context.addIssue({
    code: 'custom',
    ...refused(`only text can be read, not a part of the type “${value.type.slice(0, 40)}”.`, 'unsupported_value'),
  });
  return z.NEVER;
});

const content = z
  .union([z.string(), z.array(part).transform((parts) => parts.join('')), z.null()], {
    error: (issue) => nested(issue.errors) ?? 'must be text, or a list of parts of the type “text”',
  })
  .optional()
  .transform((text) => text ?? '');

/** What is wrong inside the list says more than that no form fits. */
function nested(errors: unknown): string | undefined {
  const found = Array.isArray(errors) ? (errors.flat() as z.core.$ZodIssue[]) : [];
  return found.find(({ code }) => code === 'custom')?.message;
}

const message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function'], {
    error: 'must be system, developer, user, assistant or tool',
  }),
  content,
  /** Only quoted: a call a client tells of was never made here. */
  tool_calls: z.array(z.unknown()).nullish(),
});
export type CompletionMessage = z.output<typeof message>;

const onlyOne = z.literal(1, refused('one answer is given to one request.', 'unsupported_value'));

export const completionRequest = z
  .looseObject({
    /** A persona's id. */
    model: z.string('must be a persona’s id').min(1, 'must be a persona’s id').max(100),
    messages: z.array(message, 'must be a list of messages').min(1, 'must not be empty').max(maxMessages),
    stream: z.boolean().nullish(),
    stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
    n: onlyOne.nullish(),
    tools: nothingOf(ownTools),
    functions: nothingOf(ownTools),
    audio: nothingOf('answers are text.'),
    web_search_options: nothingOf(ownTools),
    logprobs: nothingOf('answers come without them.'),
    modalities: z.array(z.literal('text', refused('answers are text.', 'unsupported_value'))).nullish(),
    response_format: z
      .looseObject({ type: z.literal('text', refused('answers are plain text.', 'unsupported_value')) })
      .nullish(),
  })
  .meta({
    id: 'CompletionRequest',
    description: `The client sends all of a conversation each time, and is led to the one it belongs to. These change nothing: ${ignoredParameters.join(', ')}. A client’s own tools, several answers, schemas, pictures and sound are refused.`,
    override: {
      examples: [{ model: 'ninox-assistant', messages: [{ role: 'user', content: 'Which teams can you see?' }] }],
    },
  });
export type CompletionRequest = z.output<typeof completionRequest>;

/** Beside OpenAI's own members: which run it was, and what it waits for. */
export const completionRunView = z.object({
  runId: z.string(),
  conversationId: z.string(),
  status: z.enum(runStatuses),
  /** Ids of the approvals it waits for; empty otherwise. */
  approvals: z.array(z.string()),
  /** Why it ended otherwise than with a full answer, in plain words. */
  notice: z.string().nullable(),
});
export type CompletionRunView = z.output<typeof completionRunView>;

export const finishReasons = ['stop', 'length', 'content_filter'] as const;
export type FinishReason = (typeof finishReasons)[number];

export const completionUsageView = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
});
export type CompletionUsageView = z.output<typeof completionUsageView>;

export const completionView = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    /** Seconds since 1970. */
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: z.int(),
        message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
        logprobs: z.null(),
        finish_reason: z.enum(finishReasons),
      }),
    ),
    usage: completionUsageView,
    persona: completionRunView,
  })
  .meta({ id: 'Completion' });
export type CompletionView = z.output<typeof completionView>;

export const modelView = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.int(),
    owned_by: z.string(),
    name: z.string(),
    description: z.string(),
  })
  .meta({ id: 'CompatibleModel' });
export type ModelView = z.output<typeof modelView>;

export const modelListView = z
  .object({ object: z.literal('list'), data: z.array(modelView) })
  .meta({ id: 'CompatibleModelList' });
export type ModelListView = z.output<typeof modelListView>;

/** Every error below /v1. */
export const compatibleErrorView = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'CompatibleError' });
export type CompatibleError = z.output<typeof compatibleErrorView>;
