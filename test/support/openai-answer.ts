import type { OpenAiApi, Point, ScriptedTurn } from './openai-script.ts';

/** What a streamed answer is made of: bytes to send, and the moments between them where a script can step in. */
export type Step = { readonly send: string } | { readonly point: Point };

export interface Answer {
  /** A streamed answer, from its first event to its last. */
  readonly steps: readonly Step[];
  /** The same answer in one piece. */
  readonly json: string;
}

/** Stands for the request's number in ids until the answer is sent, so that its text is made once and used often. */
export const numberMark = '\uE000';

const created = 1_700_000_000;

export function buildAnswer(turn: ScriptedTurn, api: OpenAiApi, model: string): Answer {
  return api === 'responses' ? buildResponses(turn, model) : buildChat(turn, model);
}

/** The event that tells of an error in the middle of a stream. */
export function errorEvent(api: OpenAiApi): string {
  const error = { type: 'server_error', code: 'server_error', message: 'The scripted model broke off.', param: null };
  return api === 'responses' ? event({ type: 'error', sequence_number: 0, error }) : data({ error });
}

function textDeltas(turn: ScriptedTurn): readonly string[] {
  return turn.deltas ?? turn.text?.match(/\s*\S+\s*/g) ?? [];
}

function textOf(turn: ScriptedTurn): string | null {
  return turn.deltas?.join('') ?? turn.text ?? null;
}

interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

function callsOf(turn: ScriptedTurn): Call[] {
  return (turn.calls ?? []).map((call, index) => ({
    id: call.id ?? `call_${numberMark}_${index}`,
    name: call.name,
    arguments: call.rawArguments ?? JSON.stringify(call.args ?? {}),
  }));
}

/** Each delta with the moment before it, and the moment after the last. */
function streamText(deltas: readonly string[], send: (delta: string) => string): Step[] {
  return [
    ...deltas.flatMap((delta, index): Step[] => [{ point: index }, { send: send(delta) }]),
    { point: deltas.length },
  ];
}

/** The arguments in two halves; the moment between those of the first call is where they can be cut. */
function streamArguments(text: string, index: number, send: (delta: string) => string): Step[] {
  const half = Math.ceil(text.length / 2);
  const [first, second] = [{ send: send(text.slice(0, half)) }, { send: send(text.slice(half)) }];
  return index === 0 ? [first, { point: 'arguments' }, second] : [first, second];
}

function event(payload: { readonly type: string } & Readonly<Record<string, unknown>>): string {
  return `event: ${payload.type}\n${data(payload)}`;
}

function data(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

function buildResponses(turn: ScriptedTurn, model: string): Answer {
  const message = responsesMessage(turn);
  const calls = callsOf(turn).map(({ id, ...call }, index) => ({
    type: 'function_call',
    id: `fc_${numberMark}_${index}`,
    call_id: id,
    ...call,
    status: 'completed',
  }));
  const output = message === null ? calls : [message, ...calls];
  const response = { id: `resp_${numberMark}`, object: 'response', created_at: created, model };
  const finished = { ...response, ...responsesEnd(turn), error: null, output, usage: responsesUsage(turn) };
  let order = 0;
  const next = (type: string, payload: Readonly<Record<string, unknown>>) => {
    order += 1;
    return event({ type, sequence_number: order - 1, ...payload });
  };
  const steps: Step[] = [
    { point: 'start' },
    { send: next('response.created', { response: { ...response, status: 'in_progress', output: [] } }) },
  ];
  if (message === null) steps.push({ point: 0 });
  else steps.push(...responsesMessageSteps(turn, message, next));
  calls.forEach((item, index) => {
    const place = { output_index: output.indexOf(item) };
    const named = { ...place, item_id: item.id };
    steps.push({
      send: next('response.output_item.added', { ...place, item: { ...item, arguments: '', status: 'in_progress' } }),
    });
    steps.push(
      ...streamArguments(item.arguments, index, (delta) =>
        next('response.function_call_arguments.delta', { ...named, delta }),
      ),
    );
    steps.push({ send: next('response.function_call_arguments.done', { ...named, arguments: item.arguments }) });
    steps.push({ send: next('response.output_item.done', { ...place, item }) });
  });
  steps.push({ point: 'finish' }, { send: next(`response.${finished.status}`, { response: finished }) });
  return { steps, json: JSON.stringify(finished) };
}

type NextEvent = (type: string, payload: Readonly<Record<string, unknown>>) => string;

function responsesMessage(turn: ScriptedTurn) {
  const text = textOf(turn);
  const { refusal } = turn;
  if (text === null && refusal === undefined) return null;
  const content =
    refusal === undefined ? { type: 'output_text', text, annotations: [], logprobs: [] } : { type: 'refusal', refusal };
  return { type: 'message', id: `msg_${numberMark}`, status: 'completed', role: 'assistant', content: [content] };
}

function responsesMessageSteps(turn: ScriptedTurn, item: { readonly id: string }, next: NextEvent): Step[] {
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  const added: Step = {
    send: next('response.output_item.added', {
      output_index: 0,
      item: { ...item, content: [], status: 'in_progress' },
    }),
  };
  const body =
    turn.refusal === undefined
      ? streamText(textDeltas(turn), (delta) => next('response.output_text.delta', { ...place, logprobs: [], delta }))
      : streamText([turn.refusal], (delta) => next('response.refusal.delta', { ...place, delta }));
  const done: Step[] =
    turn.refusal === undefined ? [] : [{ send: next('response.refusal.done', { ...place, refusal: turn.refusal }) }];
  return [added, ...body, ...done, { send: next('response.output_item.done', { output_index: 0, item }) }];
}

function responsesEnd({ finishReason }: ScriptedTurn) {
  if (finishReason === undefined || finishReason === 'stop' || finishReason === 'tool-calls') {
    return { status: 'completed', incomplete_details: null };
  }
  const reasons = { length: 'max_output_tokens', 'content-filter': 'content_filter', unknown: 'moon_phase' };
  return { status: 'incomplete', incomplete_details: { reason: reasons[finishReason] } };
}

function tokensOf({ usage = { inputTokens: 11, outputTokens: 7 } }: ScriptedTurn) {
  return { input: usage.inputTokens, output: usage.outputTokens, total: usage.inputTokens + usage.outputTokens };
}

function responsesUsage(turn: ScriptedTurn) {
  const { input, output, total } = tokensOf(turn);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: total,
  };
}

function buildChat(turn: ScriptedTurn, model: string): Answer {
  const id = `chatcmpl-${numberMark}`;
  const calls = callsOf(turn).map(({ id: callId, ...made }) => ({ id: callId, type: 'function', function: made }));
  const finish_reason = chatFinish(turn);
  const usage = chatUsage(turn);
  const base = { id, object: 'chat.completion.chunk', created, model };
  const chunk = (delta: unknown, finish: string | null = null) =>
    data({ ...base, choices: [{ index: 0, delta, finish_reason: finish }] });
  const said =
    turn.refusal === undefined
      ? streamText(textDeltas(turn), (content) => chunk({ content }))
      : streamText([turn.refusal], (refusal) => chunk({ refusal }));
  const made = calls.flatMap((call, index): Step[] => [
    { send: chunk({ tool_calls: [{ index, ...call, function: { ...call.function, arguments: '' } }] }) },
    ...streamArguments(call.function.arguments, index, (part) =>
      chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
    ),
  ]);
  const steps: Step[] = [
    { point: 'start' },
    { send: chunk({ role: 'assistant', content: calls.length > 0 ? null : '' }) },
    ...said,
    ...made,
    { point: 'finish' },
    { send: chunk({}, finish_reason) },
    { send: data({ ...base, choices: [], usage }) },
    { send: 'data: [DONE]\n\n' },
  ];
  const content = turn.refusal === undefined ? textOf(turn) : null;
  const message = {
    role: 'assistant',
    content,
    ...(turn.refusal !== undefined && { refusal: turn.refusal }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    steps,
    json: JSON.stringify({
      id,
      object: 'chat.completion',
      created,
      model,
      choices: [{ index: 0, finish_reason, message }],
      usage,
    }),
  };
}

function chatFinish({ finishReason, calls = [] }: ScriptedTurn): string {
  const reasons = {
    stop: 'stop',
    'tool-calls': 'tool_calls',
    length: 'length',
    'content-filter': 'content_filter',
    unknown: 'moon_phase',
  };
  return reasons[finishReason ?? (calls.length > 0 ? 'tool-calls' : 'stop')];
}

function chatUsage(turn: ScriptedTurn) {
  const { input, output, total } = tokensOf(turn);
  return { prompt_tokens: input, completion_tokens: output, total_tokens: total };
}
