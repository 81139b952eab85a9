import http from 'node:http';
import { BENCH_TEAM } from './bench-data.ts';

/*
 * An OpenAI-compatible Responses API that costs next to nothing: every byte is made once. A turn is two answers: two tool
 * calls, then forty deltas of text, each written by itself as a real provider does.
 */

const usage = {
  input_tokens: 900,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 60,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 960,
};
const created = { id: 'resp_1', created_at: 1_700_000_000, model: 'bench-model' };
const event = (data: { type: string } & Record<string, unknown>) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

function completed(output: readonly unknown[]): string[] {
  return [event({ type: 'response.completed', response: { ...created, status: 'completed', output, usage } })];
}

const started = event({ type: 'response.created', response: { ...created, status: 'in_progress', output: [] } });

function callEvents(): string[] {
  const calls = [
    { name: 'ninox_list_teams', arguments: '{}' },
    { name: 'ninox_get_databases', arguments: JSON.stringify({ team_id: BENCH_TEAM }) },
  ].map((call, index) => ({
    type: 'function_call',
    id: `fc_${index}`,
    call_id: `call_${index}`,
    ...call,
    status: 'completed',
  }));
  const each = calls.flatMap((item, output_index) => [
    event({
      type: 'response.output_item.added',
      output_index,
      item: { ...item, arguments: '', status: 'in_progress' },
    }),
    event({ type: 'response.function_call_arguments.delta', item_id: item.id, output_index, delta: item.arguments }),
    event({ type: 'response.function_call_arguments.done', item_id: item.id, output_index, arguments: item.arguments }),
    event({ type: 'response.output_item.done', output_index, item }),
  ]);
  return [started, ...each, ...completed(calls)];
}

function textEvents(): string[] {
  const words = Array.from({ length: 40 }, (_, index) => `word${index} `);
  const item = {
    type: 'message',
    id: 'msg_1',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text: words.join(''), annotations: [] }],
  };
  const delta = {
    type: 'response.output_text.delta',
    item_id: item.id,
    output_index: 0,
    content_index: 0,
    logprobs: [],
  };
  return [
    started,
    event({
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, content: [], status: 'in_progress' },
    }),
    ...words.map((word) => event({ ...delta, delta: word })),
    event({ type: 'response.output_item.done', output_index: 0, item }),
    ...completed([item]),
  ];
}

export function createModelServer(): http.Server {
  const calls = callEvents();
  const text = textEvents();
  return http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answered = Buffer.concat(chunks).includes('function_call_output');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      writeOneByOne(response, answered ? text : calls);
    });
  });
}

function writeOneByOne(response: http.ServerResponse, parts: readonly string[]): void {
  let index = 0;
  const next = () => {
    const part = parts[index];
    index += 1;
    if (part === undefined) response.end();
    else {
      response.write(part);
      setImmediate(next);
    }
  };
  next();
}
