import type { SecretPlace, SecretRecord, SecretRepository } from '#db/repositories/secrets.ts';
import { bindingOf, EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';
import type { SecretRef } from './vault.ts';

export interface Resealing {
  readonly repository: SecretRepository;
  readonly ring: KeyRing;
  /** Stops between two secrets; nothing is lost by it. */
  readonly signal?: AbortSignal;
  /** Called after each secret with how many were sealed anew so far. */
  readonly onResealed?: (count: number) => void;
}

export interface ResealReport {
  readonly resealed: number;
  /** Secrets that could not be opened. They are left as they are. */
  readonly unreadable: readonly SecretPlace[];
}

const pageSize = 100;
/** A pass that finds nothing to do is the last. Two processes that disagree on the primary key must not go on for ever. */
const mostPasses = 4;

/**
 * Seals every secret that is sealed with another key anew with the primary one. Each is done by itself and keeps no
 * place: after a crash at any point, calling it again goes on. Safe beside other processes that do the same.
 */
export async function resealAll(resealing: Resealing): Promise<ResealReport> {
  let resealed = 0;
  let unreadable: readonly SecretPlace[] = [];
  for (let turn = 0; turn < mostPasses; turn += 1) {
    const pass = await onePass(resealing, resealed);
    resealed += pass.resealed;
    unreadable = pass.unreadable;
    if (pass.resealed === 0 || resealing.signal?.aborted === true) break;
  }
  await resealing.repository.durable();
  return { resealed, unreadable };
}

async function onePass({ repository, ring, signal, onResealed }: Resealing, before: number): Promise<ResealReport> {
  let resealed = 0;
  const unreadable: SecretPlace[] = [];
  let after: SecretPlace | null = null;
  for (;;) {
    const page = await repository.listSealedOtherwise(ring.primary.id, after, pageSize);
    for (const secret of page) {
      if (signal?.aborted === true) return { resealed, unreadable };
      const outcome = await resealOne(repository, ring, secret);
      if (outcome === 'unreadable') unreadable.push(placeOf(secret));
      if (outcome !== 'resealed') continue;
      resealed += 1;
      onResealed?.(before + resealed);
    }
    after = page.at(-1) ?? null;
    if (page.length < pageSize) return { resealed, unreadable };
  }
}

/** `overtaken`: somebody else sealed it anew, or removed it, in the meantime. */
type Outcome = 'resealed' | 'overtaken' | 'unreadable';

async function resealOne(repository: SecretRepository, ring: KeyRing, secret: SecretRecord): Promise<Outcome> {
  const key = ring.find(secret.keyId);
  if (key === undefined) return 'unreadable';
  const binding = bindingOf(secret as SecretRef, secret.origin);
  try {
    const value = await openEnvelope(key, binding, secret.sealed);
    const sealed = await sealEnvelope(ring.primary, binding, value);
    const reopened = await openEnvelope(ring.primary, binding, sealed);
    // What is written over cannot be had back: not before the new envelope has shown that it holds the same.
    if (reopened.reveal() !== value.reveal()) return 'unreadable';
    return (await repository.reseal(secret, { keyId: ring.primary.id, sealed })) ? 'resealed' : 'overtaken';
  } catch (error) {
    if (error instanceof EnvelopeError) return 'unreadable';
    throw error;
  }
}

function placeOf({ organizationId, holder, field, version }: SecretRecord): SecretPlace {
  return { organizationId, holder, field, version };
}
