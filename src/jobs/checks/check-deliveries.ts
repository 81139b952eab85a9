import { may } from '#auth/permissions.ts';
import type { ResourceTarget, Scope } from '#integrations/rights.ts';
import { scopeTitles } from '#integrations/scope-titles.ts';
import { actorHoldsScope, allowsTarget, holdsScope } from '#personas/grants.ts';
import type { Delivery } from '../job-definition.ts';
import type { JobDeps, JobPerson } from '../job-ports.ts';
import { findNamed } from './check-connection.ts';
import type { Checked } from './check-definition.ts';
import { type JobProblem, refusal, warning } from './problem.ts';

type Deps = Pick<JobDeps, 'connections' | 'mailProblem' | 'people'>;

export interface Delivering extends Pick<Checked, 'organizationId' | 'keyScopes'> {
  readonly owner: JobPerson;
}

interface Place extends Delivering {
  readonly path: string;
}

/** Whether what a job answers may be sent where it is to be sent, on behalf of its owner. */
export async function checkDeliveries(
  deps: Deps,
  { definition, ...about }: Delivering & Pick<Checked, 'definition'>,
): Promise<readonly JobProblem[]> {
  const checks = definition.deliveries.map((delivery, index) =>
    checkDelivery(deps, delivery, { ...about, path: `deliveries.${index}` }),
  );
  return (await Promise.all(checks)).flat();
}

export async function checkDelivery(deps: Deps, delivery: Delivery, place: Place): Promise<readonly JobProblem[]> {
  switch (delivery.kind) {
    case 'inbox':
    case 'webhook':
      return [];
    case 'email':
      return delivery.connectionId === null
        ? checkOwnMail(deps, delivery.to, place)
        : checkOver(deps, place, {
            integration: 'email',
            id: delivery.connectionId,
            scope: 'email:messages:send',
            target: { recipients: delivery.to },
          });
    case 'slack':
      return checkOver(deps, place, {
        integration: 'slack',
        id: delivery.connectionId,
        scope: 'slack:messages:write',
        target: { channel: delivery.channel },
      });
  }
}

interface Over {
  readonly integration: string;
  readonly id: string;
  readonly scope: Scope;
  readonly target: ResourceTarget;
}

async function checkOver(
  deps: Deps,
  { organizationId, owner, keyScopes, path }: Place,
  { integration, id, scope, target }: Over,
): Promise<readonly JobProblem[]> {
  if (!actorHoldsScope({ role: owner.role, keyScopes }, scope)) return [refuseKey(path, scope)];
  const named = { organizationId, ownerId: owner.id, id, integration, path: `${path}.connectionId` };
  const { connection, problems } = await findNamed(deps, named);
  if (connection === null) return problems;
  const { label, grant } = connection;
  if (holdsScope(grant, scope) && allowsTarget(grant.limits, target)) return problems;
  return [...problems, refusal(path, `The connection “${label}” does not allow sending there. Choose another place.`)];
}

/** The service's own mail is everybody's: only who manages connections has it sent to strangers. */
async function checkOwnMail(
  deps: Deps,
  to: readonly string[],
  { organizationId, owner, keyScopes, path }: Place,
): Promise<readonly JobProblem[]> {
  const rights = { role: owner.role, keyScopes };
  if (!actorHoldsScope(rights, 'email:messages:send')) return [refuseKey(path, 'email:messages:send')];
  const problem = deps.mailProblem();
  const problems = problem === null ? [] : [warning(path, problem)];
  if (may(rights, 'connections:manage')) return problems;
  const found = await Promise.all(to.map((email) => deps.people.findByEmail(organizationId, email)));
  const strangers = to.filter((_, index) => found[index] === null);
  if (strangers.length === 0) return problems;
  return [
    ...problems,
    refusal(
      `${path}.to`,
      `${strangers.join(', ')} does not belong to the organization. Through the service’s own mail, only owners and admins have something sent to others; connect an e-mail account instead.`,
    ),
  ];
}

function refuseKey(path: string, scope: Scope): JobProblem {
  return refusal(path, `The API key that makes this job lacks the permission “${scopeTitles[scope]}” (${scope}).`);
}
