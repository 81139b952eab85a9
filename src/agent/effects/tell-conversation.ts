import type { Catalog } from '#integrations/catalog.ts';
import type { AnswerAmendments, CallAmendment, ConversationStore } from '../conversation-store.ts';
import { type CallErrorCode, denialCodes } from '../denials.ts';
import type { CallResult } from '../run-events.ts';
import type { Effect } from './effect.ts';
import type { EffectStore } from './effect-store.ts';

export interface TellingDeps {
  readonly store: Pick<EffectStore, 'markTold' | 'tryAgain'>;
  readonly catalog: Catalog;
  readonly amend: AnswerAmendments;
  readonly conversations: Pick<ConversationStore, 'messages'>;
  readonly clock: () => Date;
}

/** Between two tries while the run that shows the call is at work. */
const busyMs = 5_000;

/** Shows in its conversation how an effect ended, once; puts it off while the conversation’s run is at work. */
export async function tellConversation(deps: TellingDeps, effect: Effect): Promise<void> {
  const { organizationId, id } = effect;
  const isKnown = await isShown(deps, effect);
  const amendment = isKnown ? null : amendmentOf(await deps.catalog.of(organizationId), effect);
  const told = amendment === null ? 'nothing to tell' : await deps.amend.amendCall(amendment);
  if (told !== 'busy') return deps.store.markTold(organizationId, id);
  // One that was looked up in vain has no next time.
  if (effect.state === 'outcome_unknown') return;
  await deps.store.tryAgain(organizationId, id, new Date(deps.clock().getTime() + busyMs));
}

/** Whether the run itself has got as far as showing the end of its call. */
async function isShown({ conversations }: TellingDeps, effect: Effect): Promise<boolean> {
  if (effect.kind === 'undo' || (effect.state !== 'succeeded' && effect.state !== 'failed')) return false;
  const messages = await conversations.messages(effect.organizationId, effect.conversationId);
  const parts = messages.find(({ id }) => id === effect.messageId)?.parts ?? [];
  return parts.some(
    (part) =>
      'toolCallId' in part &&
      part.toolCallId === effect.id &&
      (part.state === 'output-available' || part.state === 'output-error'),
  );
}

/** What the answer shows from now on; null where nothing of it changes. */
export function amendmentOf(catalog: Catalog, effect: Effect): CallAmendment | null {
  const { organizationId, conversationId, messageId } = effect;
  const place = { organizationId, conversationId, messageId };
  if (effect.kind === 'undo') {
    const { undoes: callId, happened } = effect;
    return callId === null || happened !== true ? null : { ...place, callId, summary: { undone: true } };
  }
  const result = resultOf(catalog, effect);
  const code = result.ok ? {} : { code: result.code };
  const reconciled = effect.state === 'reconciled' ? { reconciled: true } : {};
  const { durationMs } = result;
  const outcome = result.ok ? ('succeeded' as const) : result.outcome;
  return {
    ...place,
    callId: effect.id,
    result,
    summary: { outcome, ...code, durationMs, isEffect: true, ...reconciled },
  };
}

function resultOf(catalog: Catalog, effect: Effect): CallResult {
  const { happened, state } = effect;
  const durationMs = effect.endedAt === null ? 0 : Math.max(0, effect.endedAt.getTime() - effect.intendedAt.getTime());
  if (happened === true) return { ok: true, output: outputOf(catalog, effect), durationMs };
  if (state === 'outcome_unknown') {
    const { title, service } = titlesOf(catalog, effect);
    const message = `It could not be found out afterwards whether “${title}” had its effect. Look in ${service} before it is asked for again.`;
    return { ok: false, outcome: 'outcome_unknown', code: 'OUTCOME_UNKNOWN', message, durationMs };
  }
  const message =
    state === 'reconciled'
      ? 'It was found out afterwards that this call had no effect: nothing was changed. It can be asked for again.'
      : 'This call failed and had no effect: nothing was changed. It can be asked for again.';
  return { ok: false, outcome: 'failed', code: codeOf(effect), message, durationMs };
}

/** What the tool would have answered; the model is told as well how that is known. */
function outputOf(catalog: Catalog, effect: Effect): unknown {
  const call = catalog.findTool(effect.tool)?.prepare(effect.arguments);
  const output = call?.ok === true ? (call.change?.outputIfHappened ?? null) : null;
  if (effect.state !== 'reconciled') return output;
  const note = 'It was found out afterwards that this call had its effect.';
  return typeof output === 'object' && !Array.isArray(output) ? { ...output, note } : output;
}

function titlesOf(catalog: Catalog, { tool: name }: Effect) {
  const tool = catalog.findTool(name);
  const service = tool === undefined ? undefined : catalog.findIntegration(tool.integration)?.title;
  return { title: tool?.title ?? name, service: service ?? 'the service itself' };
}

function codeOf({ state, code }: Effect): CallErrorCode {
  const ours: readonly string[] = denialCodes;
  // What failed was an answer of the service; a code that only the audit knows says nothing to people.
  return state === 'failed' && code !== null && !ours.includes(code) ? (code as CallErrorCode) : 'CALL_FAILED';
}
