import { describe, expect, test } from 'vitest';
import { ann, openRunWorld, type ScriptedCall } from '../support/run-world.ts';

const remove: ScriptedCall = { tool: 'remove', input: { record: '7' } };
const look: ScriptedCall = { tool: 'look', input: {} };

describe('text from outside', () => {
  test('taints a run of a guest, and every later one of the conversation, whoever writes then', async () => {
    await using world = await openRunWorld({ decide: (step) => (step === 1 ? { calls: [look] } : { text: 'Done.' }) });
    await world.say('Hello', { ...ann, kind: 'visitor', id: 'v1', role: 'guest' });
    await world.say('Again');
    expect(world.scene.ledgers.map(({ outsideText }) => outsideText)).toEqual([
      'a message from a visitor of a web site',
      'a message from a visitor of a web site',
    ]);
  });

  test('read by a call is known before the run waits, after that, and to the next run', async () => {
    await using world = await openRunWorld({
      decide: (step) => (step === 1 ? { calls: [remove] } : { text: 'Done.' }),
    });
    world.scene.beforeVerdict = async (_request, { ledger }) => {
      ledger.outsideText ??= 'records of a public table';
    };
    const { runId } = await world.say('Remove 7');
    expect(await world.conversation()).toMatchObject({ outsideText: 'records of a public table' });
    world.scene.beforeVerdict = async () => undefined;
    const [approval] = await world.waitingFor();
    if (approval !== undefined) await world.decide(approval, 'approved');
    await world.resume(runId);
    await world.say('And now?');
    expect(world.scene.ledgers.map(({ outsideText }) => outsideText)).toEqual(
      Array(3).fill('records of a public table'),
    );
  });
});
