import type { IncomingHttpHeaders } from 'node:http';
import type { ModelRequest, OpenAiApi, SeenMessage } from './openai-script.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Brings a request of either API into one form. Throws when the body is not a JSON object. */
export function readModelRequest(input: {
  api: OpenAiApi;
  number: number;
  headers: IncomingHttpHeaders;
  text: string;
}): ModelRequest {
  const body: unknown = JSON.parse(input.text);
  if (!isFields(body)) throw new Error('The body is not a JSON object.');
  const entries = input.api === 'responses' ? listOf(body.input) : listOf(body.messages);
  const messages = entries.flatMap(input.api === 'responses' ? fromResponses : fromChat);
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  const answered = messages.slice(lastUser + 1);
  const question = messages[lastUser];
  return {
    api: input.api,
    number: input.number,
    step: answered.filter((message, index) => message.role === 'call' && answered[index - 1]?.role !== 'call').length,
    model: textOf(body.model),
    stream: body.stream === true,
    messages,
    userText: question?.role === 'user' ? question.text : '',
    toolResults: answered.flatMap((message) =>
      message.role === 'result' ? [{ callId: message.callId, output: message.output }] : [],
    ),
    tools: listOf(body.tools).map((tool) => textOf(isFields(tool.function) ? tool.function.name : tool.name)),
    headers: input.headers,
    body,
  };
}

function fromResponses(item: Fields): SeenMessage[] {
  if (item.type === 'function_call') {
    return [{ role: 'call', callId: textOf(item.call_id), name: textOf(item.name), arguments: textOf(item.arguments) }];
  }
  if (item.type === 'function_call_output') {
    return [{ role: 'result', callId: textOf(item.call_id), output: contentOf(item.output) }];
  }
  return fromMessage(item);
}

function fromChat(message: Fields): SeenMessage[] {
  if (message.role === 'tool') {
    return [{ role: 'result', callId: textOf(message.tool_call_id), output: contentOf(message.content) }];
  }
  const calls = listOf(message.tool_calls).map((call): SeenMessage => {
    const made = isFields(call.function) ? call.function : {};
    return { role: 'call', callId: textOf(call.id), name: textOf(made.name), arguments: textOf(made.arguments) };
  });
  const said = calls.length > 0 && contentOf(message.content) === '' ? [] : fromMessage(message);
  return [...said, ...calls];
}

function fromMessage(message: Fields): SeenMessage[] {
  const { role } = message;
  if (role === 'system' || role === 'developer') return [{ role: 'system', text: contentOf(message.content) }];
  if (role === 'user' || role === 'assistant') return [{ role, text: contentOf(message.content) }];
  return [{ role: 'other', type: textOf(message.type) }];
}

/** Content is a string or a list of parts; of parts that hold no text nothing remains. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => textOf(part.text))
    .join('');
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
