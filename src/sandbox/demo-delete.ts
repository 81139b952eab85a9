import type { FoundDatabase, Goal, RecordAddress } from './demo-intents.ts';
import { changedDeletion, type Lookup, lookUpDeletion, toolNames } from './demo-knowledge.ts';
import { isPlainOrder } from './demo-order.ts';
import { resolveDatabase } from './demo-resolve.ts';
import { answer, askFor, call, type Step, type StepContext } from './demo-step.ts';
import type { Slot } from './demo-vocabulary.ts';

/**
 * Deletes exactly one record, only when the whole message orders just that or is a clear yes to the question about
 * just that. Anything else ends in a question.
 */
export function deletePlan(goal: Goal, context: StepContext): Step {
  const { say } = context;
  if (!context.isOffered(toolNames.deleteRecord)) return answer(say.toolMissing(toolNames.deleteRecord));
  if (goal.confirmed !== null) return deleteAt(goal.confirmed, context);
  if (goal.conditional) return answer(say.noConditions());
  if (goal.everything) return askFor('record', say.oneRecordOnly());
  const place = resolveDatabase(context, goal, 'careful');
  return 'step' in place ? place.step : deleteIn(place.found, goal, context);
}

function deleteIn(place: FoundDatabase, goal: Goal, context: StepContext): Step {
  const table = goal.table?.isId ? goal.table.text : null;
  const record = isRecordId(goal.record) ? goal.record : null;
  if (table === null || record === null) return askForIds(place, goal, context);
  const address = { ...place, table, record };
  return isPlainOrder(context.text, address) ? deleteAt(address, context) : confirmFirst(address, context);
}

type Answered = Exclude<Lookup<true>, { state: 'missing' }>;

function confirmFirst(address: RecordAddress, { say }: StepContext): Step {
  const question = { missing: [], options: [], isOffer: false, confirms: address };
  return answer(say.shallIDelete(address), { question, team: address.team, deletion: address });
}

/** A call that was answered in this turn is over, also where a person has changed what it was for. */
function deleteAt(address: RecordAddress, context: StepContext): Step {
  const { say, knowledge } = context;
  const deletion = lookUpDeletion(knowledge, address);
  if (deletion.state !== 'missing') return tellOf(address, deletion, context);
  const changed = changedDeletion(knowledge, address);
  return changed === null ? call([deletion.call], say.aboutToDelete(address)) : tellOfChanged(changed, context);
}

function tellOf(address: RecordAddress, deletion: Answered, { say }: StepContext): Step {
  if (deletion.state === 'refused') {
    return answer(say.deletionRefused(address, deletion.refusal), { team: address.team, deletion: address });
  }
  return answer(say.recordDeleted(address), { team: address.team, isDone: true, deletion: address });
}

function tellOfChanged(address: RecordAddress, context: StepContext): Step {
  const deletion = lookUpDeletion(context.knowledge, address);
  if (deletion.state === 'missing') return answer(context.say.nothingToConfirm());
  const step = tellOf(address, deletion, context);
  return step.kind === 'answer' ? { ...step, text: `${context.say.callChanged()} ${step.text}` } : step;
}

function askForIds(place: FoundDatabase, goal: Goal, { say }: StepContext): Step {
  const missing: Slot[] = [];
  if (!goal.table?.isId) missing.push('table');
  if (!isRecordId(goal.record)) missing.push('record');
  const namedTable = goal.table?.isId === false ? goal.table.text : null;
  const text = say.whichIds(place, {
    table: missing.includes('table'),
    record: missing.includes('record'),
    namedTable,
  });
  return answer(text, { question: { missing, options: [], isOffer: false }, team: place.team });
}

function isRecordId(record: string | null): record is string {
  return record !== null && /^[1-9]\d{0,15}$/.test(record);
}
