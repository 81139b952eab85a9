import type { FoundDatabase, Goal } from './demo-intents.ts';
import { lookUpDeletion, toolNames } from './demo-knowledge.ts';
import { resolveDatabase } from './demo-resolve.ts';
import { answer, askFor, call, type Step, type StepContext } from './demo-step.ts';
import type { Slot } from './demo-vocabulary.ts';

/**
 * Deletes exactly one record, only when team, database, table and record are all certain: named exactly, chosen from
 * a list that was shown, or given as ids. Anything else ends in a question.
 */
export function deletePlan(goal: Goal, context: StepContext): Step {
  const { say } = context;
  if (!context.isOffered(toolNames.deleteRecord)) return answer(say.toolMissing(toolNames.deleteRecord));
  if (goal.conditional) return answer(say.noConditions());
  if (goal.everything) return askFor('record', say.oneRecordOnly());
  const place = resolveDatabase(context, goal, 'careful');
  return 'step' in place ? place.step : deleteIn(place.found, goal, context);
}

function deleteIn(place: FoundDatabase, goal: Goal, context: StepContext): Step {
  const { say, knowledge } = context;
  const table = goal.table?.isId ? goal.table.text : null;
  const record = isRecordId(goal.record) ? goal.record : null;
  if (table === null || record === null) return askForIds(place, goal, context);
  const address = { ...place, table, record };
  const deletion = lookUpDeletion(knowledge, address);
  if (deletion.state === 'missing') return call([deletion.call]);
  if (deletion.state === 'known') return answer(say.recordDeleted(address), { team: place.team, isDone: true });
  return answer(say.deletionRefused(address, deletion.refusal), { team: place.team });
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
