import { may } from '#auth/permissions.ts';
import { scopeTitles } from '#integrations/scope-titles.ts';
import { mayHaveCallsMade } from '#personas/grants.ts';
import type { PersonaEntry } from '#personas/persona-directory.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Job } from '../job.ts';
import type { Condition, JobDefinition } from '../job-definition.ts';
import type { JobDeps, JobPerson } from '../job-ports.ts';
import { checkTemplate } from '../prompt-template.ts';
import { checkPayloadSchema } from '../triggers/webhook/payload-schema.ts';
import { checkDeliveries } from './check-deliveries.ts';
import { checkPersonaConnections } from './check-persona-connections.ts';
import { checkSync } from './check-sync.ts';
import { checkChangeTrigger } from './check-watched.ts';
import { type JobProblem, refusal, warning } from './problem.ts';

export type CheckDeps = Pick<
  JobDeps,
  'personas' | 'modelProblem' | 'mailProblem' | 'schedules' | 'tools' | 'connections' | 'people'
>;

/** What is checked, and whose it is. */
export interface Checked {
  readonly organizationId: string;
  readonly definition: JobDefinition;
  /** Null for somebody who does not belong to the organization any more. */
  readonly owner: JobPerson | null;
  readonly keyScopes: Job['keyScopes'];
}

/**
 * Everything about a job, apart from its standing approvals, that keeps it from being stored or from working, in the order
 * of its settings. Looks at what is there now: what held yesterday need not hold today.
 */
export async function checkDefinition(deps: CheckDeps, checked: Checked): Promise<readonly JobProblem[]> {
  const { organizationId, definition, owner } = checked;
  const entry = await deps.personas.entry(organizationId, definition.persona);
  const about = checkPersona(entry, definition.persona);
  const persona = entry === null || entry.archived ? null : entry.persona;
  const model = definition.model === null ? null : deps.modelProblem(definition.model);
  return [
    ...checkOwner(owner),
    ...about,
    ...(persona === null ? [] : checkKey(persona, checked.keyScopes)),
    ...(persona === null || owner === null
      ? []
      : await checkPersonaConnections(deps, { organizationId, ownerId: owner.id, persona })),
    ...(await checkTrigger(deps, checked)),
    ...checkConditions(definition),
    ...checkPrompt(definition),
    ...(persona === null ? [] : await checkSync(deps, { organizationId, definition, persona })),
    ...(model === null ? [] : [refusal('model', model)]),
    ...(owner === null ? [] : await checkDeliveries(deps, { ...checked, owner })),
  ];
}

function checkOwner(owner: JobPerson | null): JobProblem[] {
  if (owner === null) {
    return [
      refusal(
        'owner',
        'Whoever it acts for does not belong to the organization any more, so it does nothing. Export it and let somebody else import it, or delete it.',
      ),
    ];
  }
  const rights = { role: owner.role, keyScopes: null };
  if (may(rights, 'jobs:own') && mayHaveCallsMade(rights)) return [];
  return [
    refusal(
      'owner',
      `It acts for ${owner.name}, whose role here is ${owner.role}: nothing is done on behalf of that role. An owner or admin can change the role.`,
    ),
  ];
}

function checkPersona(entry: PersonaEntry | null, id: string): JobProblem[] {
  if (entry === null) return [refusal('persona', `There is no persona “${id}” here. Choose another one.`)];
  const { name, channels, file } = entry.persona;
  if (entry.archived) {
    return [refusal('persona', `The persona “${name}” is archived. Restore it, or choose another one.`)];
  }
  if (channels.includes('job')) return [];
  const where =
    file === null
      ? 'Whoever manages personas can add “Jobs” to its channels.'
      : `It lives in the file ${file}: add “job” to its channels there, or duplicate it and change the copy.`;
  return [warning('persona', `“${name}” does not work for jobs, so no run would begin. ${where}`)];
}

/** What the key that made the job cannot do, the job cannot either. */
function checkKey({ name, grant }: Persona, keyScopes: Checked['keyScopes']): JobProblem[] {
  if (keyScopes === null) return [];
  const missing = grant.scopes.filter((scope) => !keyScopes.includes(scope));
  if (missing.length === 0) return [];
  const words = missing.map((scope) => `“${scopeTitles[scope]}”`).join(', ');
  return [
    warning(
      'persona',
      `An API key has made or changed this job, and it does no more than that key may: of what “${name}” holds, ${words} is left out. Its owner can save it in the browser to lift that.`,
    ),
  ];
}

async function checkTrigger(deps: CheckDeps, checked: Checked): Promise<readonly JobProblem[]> {
  const { trigger } = checked.definition;
  switch (trigger.kind) {
    case 'manual':
      return [];
    case 'schedule': {
      const read = deps.schedules.read(trigger);
      return read.ok ? [] : [refusal('trigger.when', read.problem)];
    }
    case 'webhook':
      return trigger.schema === null
        ? []
        : checkPayloadSchema(trigger.schema).map((problem) => refusal('trigger.schema', problem));
    case 'ninox_change':
      return checkChangeTrigger(deps, { ...checked, trigger });
  }
}

const withoutValue: readonly Condition['is'][] = ['is_empty', 'is_not_empty', 'changed'];

function checkConditions({ trigger, conditions }: JobDefinition): JobProblem[] {
  if (conditions.length > 0 && (trigger.kind === 'manual' || trigger.kind === 'schedule')) {
    return [
      refusal(
        'conditions',
        'Conditions look at what an event brings, and this job is not started by one. Remove them, or choose another trigger.',
      ),
    ];
  }
  return conditions.flatMap(({ is, value, field }, index) => {
    const path = `conditions.${index}`;
    if (is === 'changed' && trigger.kind !== 'ninox_change') {
      return [
        refusal(path, 'Only for changes in Ninox it is known whether a field was changed. Choose another comparison.'),
      ];
    }
    if (!withoutValue.includes(is) && value === undefined) {
      return [refusal(path, `Say what “${field}” is compared with.`)];
    }
    return [];
  });
}

function checkPrompt({ prompt, trigger }: JobDefinition): JobProblem[] {
  return checkTemplate(prompt, trigger.kind).map(({ line, problem }) => refusal('prompt', `Line ${line}: ${problem}`));
}
