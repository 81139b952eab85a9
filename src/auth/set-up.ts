import { timingSafeEqual } from 'node:crypto';
import type { AuditLog } from '#audit/audit-event.ts';
import { directEvent } from '#audit/direct-event.ts';
import type { OrganizationRepository } from '#db/repositories/organizations.ts';
import type { UserRepository } from '#db/repositories/users.ts';
import { AppError } from '#errors';
import type { Actor } from './actor.ts';
import type { Auth } from './auth.ts';
import { type Change, firstAccountLock } from './change.ts';
import type { Client } from './client.ts';
import { defaultOrganizationId, type OrganizationService } from './organizations.ts';
import { personActor } from './person-actor.ts';
import type { SignInService } from './sign-in.ts';
import { hashToken, newToken } from './tokens.ts';

export interface SetUpDeps {
  readonly auth: Auth;
  readonly users: UserRepository;
  readonly organizations: OrganizationRepository;
  readonly organizationService: Pick<OrganizationService, 'found'>;
  readonly signIn: SignInService;
  readonly audit: AuditLog;
  readonly change: Change;
  readonly isDemo: boolean;
  /** Told once the first owner is there; what it starts is not waited for, and must deal with its own failures. */
  readonly onSetUp?: (actor: Actor) => void;
}

export interface SetUpRequest {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organizationName?: string | undefined;
}

export interface SetUp {
  isNeeded(): Promise<boolean>;
  /** The token of this start's link, or null once somebody has an account. */
  token(): Promise<string | null>;
  /** Makes the first account, once, of however many that try. Returns the cookies of its session. */
  complete(request: SetUpRequest, client: Client): Promise<readonly string[]>;
}

/** Whom conversations belong to that were held before there were accounts. */
const formerActorId = 'local';

export function createSetUp(deps: SetUpDeps): SetUp {
  const token = newToken();
  let isDone = false;
  const isNeeded = async () => {
    isDone ||= await deps.users.any();
    return !isDone;
  };
  return {
    isNeeded,
    token: async () => ((await isNeeded()) ? token : null),
    async complete(request, client) {
      if (!(await isNeeded())) throw alreadyDone();
      if (!isSame(request.token, token)) {
        throw new AppError(
          'FORBIDDEN',
          'This set-up link is not the one of the running service. Use the link that its terminal shows since the last start.',
        );
      }
      const actor = await makeFirstOwner(deps, request);
      isDone = true;
      const cookies = await deps.signIn.signIn(request, client, actor.organizationId);
      deps.onSetUp?.(actor);
      return cookies;
    },
  };
}

async function makeFirstOwner(deps: SetUpDeps, request: SetUpRequest): Promise<Actor> {
  const { auth, users, audit, change, isDemo } = deps;
  const { name, email, password, organizationName } = request;
  if (!isDemo && organizationName === undefined) {
    throw new AppError('INPUT_INVALID', 'organizationName: give your organization a name.');
  }
  const passwordHash = await auth.hashPassword(password);
  return change(firstAccountLock, async () => {
    if (await users.any()) throw alreadyDone();
    const { id } = await auth.createPerson({ name, email, passwordHash });
    const actor = personActor({ id, name }, { organizationId: defaultOrganizationId, role: 'owner' });
    await prepareOrganizations(deps, { id, name }, organizationName);
    await users.adoptConversations(defaultOrganizationId, formerActorId, id);
    await audit.append(directEvent({ actor, action: 'account.created', details: { name, email, setUp: true } }));
    return actor;
  });
}

async function prepareOrganizations(
  { organizations, organizationService, isDemo }: SetUpDeps,
  person: { id: string; name: string },
  organizationName: string | undefined,
): Promise<void> {
  await organizations.addMember({ organizationId: defaultOrganizationId, userId: person.id, role: 'owner' });
  if (organizationName === undefined) return;
  if (isDemo) await organizationService.found(person, organizationName);
  else await organizations.change(defaultOrganizationId, { name: organizationName });
}

function isSame(given: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(given)), Buffer.from(hashToken(right)));
}

function alreadyDone(): AppError {
  return new AppError('CONFLICT', 'The service is set up already. Sign in, or ask an owner for an invitation.');
}
