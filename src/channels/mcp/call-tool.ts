import { randomUUID } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { directModelId, writeDirectCall } from '#agent/direct-call-model.ts';
import type { RunService, StartRun } from '#agent/run-service.ts';
import type { Actor } from '#auth/actor.ts';
import type { RunReading } from '#channels/chat/read-run.ts';
import type { RunView } from '#channels/http/contract/messages.ts';
import { type ConversationReader, requireConversation } from '#channels/http/routes/conversations/get-conversation.ts';
import { AppError } from '#errors';
import { followRun, stopRun } from './follow-run.ts';
import { getRunName, personaArgument, waitArgument } from './list-tools.ts';
import { type Offer, type OfferDeps, type OfferedPersona, type OfferedTool, offerTo } from './mcp-offer.ts';
import { createProgress, type Notify } from './progress.ts';
import { askInput, directInput, getRunInput } from './tool-inputs.ts';
import { askResult, directResult, errorResult, type PublicUrl, runResult } from './tool-results.ts';

export interface CallDeps extends RunReading, OfferDeps {
  readonly runs: Pick<RunService, 'active' | 'start' | 'stopWaiting'>;
  readonly conversations: RunReading['conversations'] & Pick<ConversationReader, 'find'>;
  readonly publicUrl: PublicUrl;
}

/** One tools/call of a client. */
export interface ToolCall {
  readonly actor: Actor;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The client has said that it wants it no more: what it began is stopped. */
  readonly cancelled: AbortSignal;
  /** Nobody reads the answer any more, which stops nothing. */
  readonly gone: AbortSignal;
  /** Null where the client wants to hear of no progress. */
  readonly notify: Notify | null;
}

/** Answers a call. What the caller can do something about is a result with `isError`, in plain words. */
export async function callTool(deps: CallDeps, call: ToolCall): Promise<CallToolResult> {
  try {
    return await dispatch(deps, call, await offerTo(deps, call.actor));
  } catch (error) {
    if (error instanceof z.ZodError) return errorResult(`The arguments do not fit the tool. ${describeIssues(error)}`);
    if (error instanceof AppError) return errorResult(error.message, { code: error.code });
    deps.log.error({ err: error, tool: call.name }, 'a call of a tool failed unexpectedly');
    return errorResult('Something went wrong inside the service. Try again; the log has the details.');
  }
}

function dispatch(deps: CallDeps, call: ToolCall, offer: Offer): Promise<CallToolResult> {
  if (call.name === getRunName) return getRun(deps, call);
  const persona = offer.personas.get(call.name);
  if (persona !== undefined) return ask(deps, call, persona);
  const tool = offer.tools.get(call.name);
  if (tool !== undefined) return callDirectly(deps, call, tool);
  const message = `There is no tool “${call.name.slice(0, 80)}” for this API key, or not any more. List the tools again.`;
  return Promise.resolve(errorResult(message));
}

async function getRun(deps: CallDeps, call: ToolCall): Promise<CallToolResult> {
  const { runId, wait } = getRunInput.parse(call.arguments);
  // Asking is cancelled, not what is asked for.
  const gone = AbortSignal.any([call.gone, call.cancelled]);
  return runResult(await follow(deps, { ...call, gone }, { runId, wait }), deps.publicUrl);
}

async function ask(deps: CallDeps, call: ToolCall, { persona }: OfferedPersona): Promise<CallToolResult> {
  const { message: text, conversationId, wait } = askInput.parse(call.arguments);
  if (conversationId !== undefined) await requireConversation(deps.conversations, call.actor, conversationId);
  const view = await runAndFollow(deps, call, { conversationId, personaId: persona.id, text, wait });
  return askResult(view, deps.publicUrl);
}

/** Much more than any tool takes. */
const longestArguments = 64_000;

async function callDirectly(deps: CallDeps, call: ToolCall, offered: OfferedTool): Promise<CallToolResult> {
  const { [personaArgument]: named, [waitArgument]: seconds, ...args } = call.arguments;
  const { persona, wait } = directInput.parse({ [personaArgument]: named, [waitArgument]: seconds });
  const personaId = choosePersona(offered, persona);
  const text = writeDirectCall({ tool: offered.tool.name, arguments: args });
  if (text.length > longestArguments) {
    throw new AppError('INPUT_INVALID', `The arguments are longer than ${longestArguments} characters. Send less.`);
  }
  const view = await runAndFollow(deps, call, {
    personaId,
    text,
    wait,
    modelId: directModelId,
    isEnough: hasMadeItsCall,
  });
  await endWhatIsLeft(deps, call.actor, view);
  return directResult(view, deps.publicUrl);
}

function choosePersona({ tool, holders }: OfferedTool, named: string | undefined): string {
  const ids = holders.map(({ id }) => id);
  if (named !== undefined && ids.includes(named)) return named;
  const [only, ...others] = ids;
  if (named === undefined && only !== undefined && others.length === 0) return only;
  const problem = named === undefined ? 'Several personas can do this' : `The persona “${named}” cannot do this`;
  throw new AppError('INPUT_INVALID', `${problem}. Name one that holds “${tool.title}” as persona: ${ids.join(', ')}.`);
}

/** A run that has used all its steps would wait for more of them, to say what nobody asks for. */
async function endWhatIsLeft(deps: CallDeps, actor: Actor, view: RunView): Promise<void> {
  if (view.status === 'waiting' && hasMadeItsCall(view)) await stopRun(deps.runs, actor, view);
}

function hasMadeItsCall({ toolCalls }: RunView): boolean {
  return toolCalls.length > 0 && toolCalls.every(({ state }) => state !== 'requested' && state !== 'waiting');
}

interface Waiting {
  /** In seconds, for the run's end. */
  readonly wait: number;
  /** Whether a run that waits has done all that was wanted of it; never, where left out. */
  readonly isEnough?: ((view: RunView) => boolean) | undefined;
}

type Beginning = Pick<StartRun, 'personaId' | 'text' | 'modelId'> & {
  readonly conversationId?: string | undefined;
} & Waiting;

/** A lost connection stops nothing: the run goes on, and get_run tells of it. Only who cancels has it stopped. */
async function runAndFollow(deps: CallDeps, call: ToolCall, beginning: Beginning): Promise<RunView> {
  const { actor, cancelled } = call;
  const { wait, isEnough, conversationId = randomUUID(), ...asked } = beginning;
  const run = await deps.runs.start({ ...asked, actor, channel: 'api', conversationId, messageId: randomUUID() });
  const stop = () => {
    stopRun(deps.runs, actor, { id: run.runId, conversationId }).catch((error: unknown) => {
      deps.log.error({ err: error, runId: run.runId }, 'a run that was cancelled could not be stopped');
    });
  };
  if (cancelled.aborted) stop();
  cancelled.addEventListener('abort', stop, { once: true });
  try {
    return await follow(deps, call, { runId: run.runId, wait, isEnough });
  } finally {
    cancelled.removeEventListener('abort', stop);
  }
}

async function follow(
  deps: CallDeps,
  { actor, gone, notify }: ToolCall,
  { runId, wait, isEnough = () => false }: Waiting & { readonly runId: string },
): Promise<RunView> {
  const progress = createProgress(await deps.catalog.of(actor.organizationId), notify);
  try {
    return await followRun(deps, {
      actor,
      runId,
      waitMs: wait * 1000,
      signal: gone,
      take: (event) => progress.take(event),
      isEnough,
    });
  } finally {
    progress.stop();
  }
}

function describeIssues({ issues }: z.ZodError): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}
