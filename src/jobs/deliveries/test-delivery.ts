import { randomUUID } from 'node:crypto';
import type { Actor } from '#auth/actor.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Delivery } from '../job-definition.ts';
import type { DeliveryTest } from '../job-ports.ts';
import type { DeliveryContent } from './delivery-content.ts';
import { type DeliveryDeps, DeliveryRefused } from './delivery-ports.ts';
import { sendDelivery } from './send-delivery.ts';

const patienceMs = 25_000;

const content: DeliveryContent = {
  title: 'A test from Personas for Ninox',
  text: 'This is a test: answers of the job will come here. **Nothing has to be done.**',
  isProblem: false,
};

/** Sends a short message there now. What may be sent where was checked before. */
export async function testDelivery(deps: DeliveryDeps, actor: Actor, delivery: Delivery): Promise<DeliveryTest> {
  const { organizationId, id: userId } = actor;
  const id = `test-${randomUUID()}`;
  if (delivery.kind === 'inbox') {
    await deps.inbox.put({ organizationId, userId, id, kind: 'notice', title: content.title, body: content.text });
    return { sent: true, problem: null };
  }
  try {
    const outgoing = { organizationId, id, jobId: `test-${userId}`, delivery, content, run: null };
    const problem = await sendDelivery(deps, outgoing, AbortSignal.timeout(patienceMs));
    return { sent: true, problem };
  } catch (error) {
    const isTold = error instanceof DeliveryRefused || error instanceof UpstreamError || error instanceof Error;
    return { sent: false, problem: isTold ? error.message : 'It could not be sent.' };
  }
}
