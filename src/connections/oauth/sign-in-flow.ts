import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import type { Identity } from '#auth/identity.ts';
import type { OauthFlowRecord, OauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import type { SignInProblem } from './sign-in-problem.ts';

export interface FlowDeps {
  readonly flows: OauthFlowRepository;
  readonly clock?: () => Date;
}

/** Why a sign-in led to nothing; the person is told in words that belong to it. */
export class SignInFailed extends Error {
  readonly problem: SignInProblem;

  constructor(problem: SignInProblem) {
    super(`The sign-in led to no connection: ${problem}.`);
    this.problem = problem;
  }
}

const flowMs = 10 * 60_000;

/** Answers the state that goes along; only its hash is kept. */
export async function beginFlow(
  { flows, clock = () => new Date() }: FlowDeps,
  { actor, sessionId }: { actor: Actor; sessionId: string },
  { integration, plan }: Pick<OauthFlowRecord, 'integration' | 'plan'>,
): Promise<string> {
  const state = randomBytes(32).toString('base64url');
  const now = clock();
  const { organizationId, id: actorId } = actor;
  const expiresAt = new Date(now.getTime() + flowMs);
  await flows.insert({ stateHash: hash(state), organizationId, sessionId, actorId, integration, plan, expiresAt }, now);
  return state;
}

/** The flow that a browser has come back from, for the session it was begun in, and once. Throws SignInFailed. */
export async function takeFlow(
  { flows, clock = () => new Date() }: FlowDeps,
  identity: Identity | null,
  parameters: URLSearchParams,
): Promise<{ readonly actor: Actor; readonly state: string; readonly flow: OauthFlowRecord }> {
  const actor = identity?.actor ?? null;
  const sessionId = identity?.sessionId ?? null;
  // Before the state is used up: whoever signs in again in time can still come back with it.
  if (actor === null || sessionId === null) throw new SignInFailed('signed_out');
  const state = parameters.get('state') ?? '';
  const flow = await flows.take(hash(state));
  if (flow === null || flow.expiresAt.getTime() <= clock().getTime()) throw new SignInFailed('expired');
  if (flow.sessionId !== sessionId || flow.actorId !== actor.id || flow.organizationId !== actor.organizationId) {
    throw new SignInFailed('other_session');
  }
  return { actor, state, flow };
}

function hash(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}
