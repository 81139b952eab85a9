import type {
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';
import { createDemoProvider } from './demo-model.ts';

export interface MadeCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, string>>;
}

export type ToolOutput = LanguageModelV4ToolResultPart['output'];
/** Plays the tools from fixed data. */
export type PlayTool = (call: MadeCall) => ToolOutput;

export interface Chat {
  /** Sends a message and plays tools until the model answers in words; after `callSteps` steps it may not call. */
  say(text: string, options?: { callSteps?: number }): Promise<string>;
  /** The calls of the newest message, step by step. */
  readonly steps: () => readonly (readonly MadeCall[])[];
  readonly calls: () => readonly MadeCall[];
  /** What was said before the calls of each step. */
  readonly words: () => readonly string[];
}

export const allTools = ['ninox_list_teams', 'ninox_get_team', 'ninox_get_databases', 'ninox_delete_record'];

export const workshop = { id: 'tW4q8ZrK2mXn', name: 'Workshop' };
export const office = { id: 'tB7c1LpQ9sVd', name: 'Büro Süd' };
export const marketing = { id: 'tM3d5FgH7jKl', name: 'Sales and Marketing' };

const databases: Readonly<Record<string, readonly { id: string; name: string }[]>> = {
  [workshop.id]: [
    { id: 'nk5x2a7b9c1d', name: 'CRM' },
    { id: 'pq8r3s6t0u4v', name: 'Orders' },
  ],
  [office.id]: [
    { id: 'ab1c2d3e4f5g', name: 'CRM' },
    { id: 'zx9y8w7v6u5t', name: 'Kunden' },
  ],
  [marketing.id]: [{ id: 'hj4k5l6m7n8p', name: 'Campaigns' }],
};

export function playNinox(call: MadeCall): ToolOutput {
  const teams = [workshop, office, marketing];
  const team = teams.find(({ id }) => id === call.input.team_id);
  if (call.tool === 'ninox_list_teams') return { type: 'json', value: { teams } };
  if (team === undefined) return refusal('UPSTREAM_NOT_FOUND', 'Ninox knows no team with this id.');
  if (call.tool === 'ninox_get_team') return { type: 'json', value: { team } };
  if (call.tool === 'ninox_get_databases') {
    return { type: 'json', value: { team_id: team.id, databases: [...(databases[team.id] ?? [])] } };
  }
  return { type: 'json', value: { deleted: true, record: { ...call.input } } };
}

export function refusal(code: string, message: string): ToolOutput {
  return { type: 'error-json', value: { error: { code, message } } };
}

const maxSteps = 8;

export function startChat(options: { tools?: readonly string[]; play?: PlayTool } = {}): Chat {
  const prompt: LanguageModelV4Message[] = [{ role: 'system', content: 'You help with Ninox.' }];
  const tools = (options.tools ?? allTools).map(functionTool);
  const play = createToolPlayer(options.play ?? playNinox);
  const model = createDemoProvider({ delayMs: 0 }).languageModel('offline');
  let steps: MadeCall[][] = [];
  let words: string[] = [];

  const takeStep = async (toolChoice: 'auto' | 'none') => {
    const { content } = await model.doGenerate({ prompt, tools, toolChoice: { type: toolChoice } });
    const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
    const calls = content.filter((part) => part.type === 'tool-call').map(withParsedInput);
    const said = text === '' ? [] : [{ type: 'text' as const, text }];
    prompt.push({ role: 'assistant', content: [...said, ...calls] });
    if (calls.length === 0) return text;
    words.push(text);
    steps.push(calls.map(({ toolName, input }) => ({ tool: toolName, input })));
    prompt.push({ role: 'tool', content: calls.map((call) => play.answer(call)) });
    return null;
  };

  return {
    async say(text, { callSteps = maxSteps } = {}) {
      prompt.push({ role: 'user', content: [{ type: 'text', text }] });
      play.hear(text);
      steps = [];
      words = [];
      for (let step = 0; step < maxSteps; step += 1) {
        const answer = await takeStep(step < callSteps ? 'auto' : 'none');
        if (answer !== null) return answer;
      }
      throw new Error(`No answer to “${text}” after ${maxSteps} steps.`);
    },
    steps: () => steps,
    calls: () => steps.flat(),
    words: () => words,
  };
}

function functionTool(name: string): LanguageModelV4FunctionTool {
  return { type: 'function', name, inputSchema: { type: 'object', properties: {} } };
}

type ToolCallPart = Extract<LanguageModelV4Content, { type: 'tool-call' }>;

function withParsedInput({ type, toolCallId, toolName, input }: ToolCallPart) {
  return { type, toolCallId, toolName, input: JSON.parse(input) as Record<string, string> };
}

/** Plays the tools and makes sure of every call that the model has its ids from somewhere. */
function createToolPlayer(play: PlayTool) {
  const known: string[] = [];
  return {
    hear(text: string) {
      known.push(...(text.match(/[A-Za-z0-9]+/g) ?? []));
    },
    answer({ toolCallId, toolName, input }: ReturnType<typeof withParsedInput>): LanguageModelV4ToolResultPart {
      assertIdsAreKnown({ tool: toolName, input }, known);
      const output = play({ tool: toolName, input });
      known.push(...idsIn('value' in output ? output.value : null));
      return { type: 'tool-result', toolCallId, toolName, output };
    },
  };
}

/** No id is invented: each one was written by the person or stands as an id in a tool result. */
function assertIdsAreKnown({ tool, input }: MadeCall, known: readonly string[]): void {
  for (const [name, id] of Object.entries(input)) {
    const isKnown = known.includes(id) || (name === 'table_id' && known.includes(id.toLowerCase()));
    if (!isKnown) throw new Error(`${tool} was called with ${name} “${id}”, which nobody said.`);
  }
}

function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'id' && typeof inner === 'string' ? [inner] : idsIn(inner),
  );
}
