import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import type { ConnectionRecord, ConnectionRepository } from '#db/repositories/connections.ts';
import { AppError } from '#errors';

/** The organization's connections are its managers'; a personal one is its owner's alone. */
export function mayManage(actor: Actor, { ownerId }: Pick<ConnectionRecord, 'ownerId'>): boolean {
  if (ownerId === null) return may(actor, 'connections:manage');
  return ownerId === actor.id && may(actor, 'connections:own');
}

/** Throws AppError NOT_FOUND, the same for one that is not there and one that is somebody else's. */
export async function findVisible(
  repository: ConnectionRepository,
  actor: Actor,
  id: string,
): Promise<ConnectionRecord> {
  const record = await repository.find({ organizationId: actor.organizationId, id });
  if (record === null || !isVisible(actor, record)) throw notFound();
  return record;
}

/** Throws AppError NOT_FOUND or FORBIDDEN. */
export async function findManageable(
  repository: ConnectionRepository,
  actor: Actor,
  id: string,
): Promise<ConnectionRecord> {
  const record = await findVisible(repository, actor, id);
  requireManage(actor, record);
  return record;
}

/** Who manages connections may also revoke a personal one, of which they see no more than that. */
export async function findRevocable(
  repository: ConnectionRepository,
  actor: Actor,
  id: string,
): Promise<ConnectionRecord> {
  const record = await repository.find({ organizationId: actor.organizationId, id });
  if (record === null) throw notFound();
  if (may(actor, 'connections:manage')) return record;
  if (!isVisible(actor, record)) throw notFound();
  requireManage(actor, record);
  return record;
}

export function requireManage(actor: Actor, record: Pick<ConnectionRecord, 'ownerId'>): void {
  if (mayManage(actor, record)) return;
  throw new AppError(
    'FORBIDDEN',
    record.ownerId === null
      ? 'This connection belongs to the organization. Only its owners and admins can do this.'
      : 'You may not connect accounts of your own here. Ask an owner or admin of the organization.',
  );
}

/** Throws AppError CONNECTION_CHANGED for one that is over. */
export function requireAlive(record: ConnectionRecord): void {
  if (record.status !== 'revoked') return;
  throw new AppError(
    'CONNECTION_CHANGED',
    `The connection “${record.label}” was revoked, which cannot be taken back. Connect anew instead.`,
  );
}

export function changedMeanwhile(): AppError {
  return new AppError(
    'CONNECTION_CHANGED',
    'Somebody changed this connection in the meantime, so nothing was changed now. Load it again and look at what is new.',
  );
}

function isVisible(actor: Actor, { ownerId }: ConnectionRecord): boolean {
  return ownerId === null || ownerId === actor.id;
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such connection.');
}
