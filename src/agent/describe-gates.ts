import { boundOf } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import type { GateReason } from './approvals/approval.ts';
import { gateOf } from './judge-call.ts';
import { narrowedPolicy, type PinnedPersona } from './narrow-persona.ts';

/** Something that has calls of a tool asked for: `at_once` already the first one of a run, else one later in it. */
export interface Gate {
  readonly why: GateReason;
  readonly when: 'at_once' | 'later';
  /** One sentence for people. */
  readonly message: string;
}

/** All that can have calls of a tool asked for, by the guard's own rules and for a run that has just begun. */
export function describeGates(tool: Tool, personas: PinnedPersona): readonly Gate[] {
  if (narrowedPolicy(tool, personas) === 'deny') return [];
  if (gateOf(tool, { ...personas, outsideText: null }) !== null) {
    return [
      {
        why: 'policy',
        when: 'at_once',
        message: `The persona’s rules have a person approve each call of “${tool.title}”.`,
      },
    ];
  }
  const bound = boundOf(narrowedPolicy(tool, personas));
  const minds = gateOf(tool, { ...personas, outsideText: 'any' }) === 'outside_text';
  return [...(bound === null || tool.effect === 'read' ? [] : [boundGate(bound)]), ...(minds ? [outsideTextGate] : [])];
}

function boundGate(bound: number): Gate {
  const records = bound === 1 ? '1 record' : `${bound} records`;
  return {
    why: 'bound',
    when: 'later',
    message: `One answer changes up to ${records} with it without asking; a person has to approve whatever goes beyond.`,
  };
}

const outsideTextGate: Gate = {
  why: 'outside_text',
  when: 'later',
  message:
    'Once it has read text that strangers may have written, a person has to approve every change for the rest of the answer.',
};
