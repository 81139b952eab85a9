import type { Request, Response } from 'express';
import type { ApprovalFeed } from '#agent/approvals/approval-feed.ts';
import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import type { Actor } from '#auth/actor.ts';
import type { Identify } from '#auth/identify.ts';
import { may } from '#auth/permissions.ts';
import { AppError } from '#errors';
import type { Logger } from '#log';
import type { ApprovalCountView } from '../../contract/approvals.ts';
import { clientOf } from '../../request-client.ts';
import { defineRoute, type Route } from '../../route.ts';

export interface StreamApprovalsDeps {
  readonly approvals: Pick<ApprovalService, 'pendingCount'>;
  readonly feed: ApprovalFeed;
  /** Asked again before anything is sent: sessions and rights end while a stream is open. */
  readonly identify: Identify;
  readonly log: Logger;
  readonly keepAliveMs?: number;
}

/** Each is asked for on every change: more than one person's open pages need would slow everybody down. */
const mostReadersOfOne = 30;

/** GET /api/v1/approval-events */
export function createStreamApprovals(deps: StreamApprovalsDeps): Route {
  const enter = createReaderCount(mostReadersOfOne);
  return defineRoute({
    method: 'get',
    path: '/api/v1/approval-events',
    tag: 'Approvals',
    summary: 'Follow live how many approvals one may decide, by whichever process they change',
    access: 'approvals:read',
    answer: {
      contentType: 'text/event-stream',
      description: 'Server-sent events `approvals` with the data of `GET /api/v1/approval-count`.',
    },
    async handle({ actor, request, response }) {
      const exit = enter(actor.id);
      // However it ends, before it has begun too.
      if (response.closed) return exit();
      response.once('close', exit);
      const teller = createTeller(response, deps, () => actorOf(deps.identify, request, actor));
      // A failure before anything was sent is answered as any other.
      const leave = await deps.feed.listen(actor.organizationId, { changed: teller.tell, closed: teller.end });
      begin(response, teller, { leave, keepAliveMs: deps.keepAliveMs ?? 15_000 });
    },
  });
}

/** Lets so many in for each person; answers how to leave. Throws AppError RATE_LIMITED. */
function createReaderCount(most: number): (personId: string) => () => void {
  const counts = new Map<string, number>();
  return (personId) => {
    const now = counts.get(personId) ?? 0;
    if (now >= most) {
      throw new AppError('RATE_LIMITED', `You follow this in ${most} places already. Close some of them first.`);
    }
    counts.set(personId, now + 1);
    return () => {
      const left = (counts.get(personId) ?? 1) - 1;
      if (left > 0) counts.set(personId, left);
      else counts.delete(personId);
    };
  };
}

/** The actor as they are now; null once they may not read on, or work in another organization. */
async function actorOf(identify: Identify, request: Request, { organizationId }: Actor): Promise<Actor | null> {
  try {
    // A session that were moved on here would get no cookie for it: the answer has begun.
    const { identity } = await identify(clientOf(request), { moveOn: false });
    const now = identity?.actor ?? null;
    return now !== null && now.organizationId === organizationId && may(now, 'approvals:read') ? now : null;
  } catch {
    return null;
  }
}

const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } as const;

/** Whatever writes to one reader. */
interface Teller {
  /** Sends the count, soon. */
  readonly tell: () => void;
  readonly keepAlive: () => void;
  readonly end: () => void;
}

function createTeller(
  response: Response,
  { approvals, log }: StreamApprovalsDeps,
  currentActor: () => Promise<Actor | null>,
): Teller {
  let isSending = false;
  let isStale = false;
  const end = () => {
    if (!isOver(response)) response.end();
  };

  async function send(textFor: (actor: Actor) => Promise<string>): Promise<void> {
    if (isSending || isOver(response)) return;
    isSending = true;
    try {
      const actor = await currentActor();
      if (actor === null) return end();
      const text = await textFor(actor);
      if (!isOver(response)) response.write(text);
    } catch (error) {
      log.warn({ err: error }, 'a reader of approvals could not be told of a change');
      end();
    } finally {
      isSending = false;
    }
    if (isStale) tell();
  }

  /** Never two at once: what changes while one is looked up is looked up after it. */
  function tell(): void {
    isStale = isSending;
    void send(async (actor) => {
      const count: ApprovalCountView = { pending: await approvals.pendingCount(actor) };
      return `event: approvals\ndata: ${JSON.stringify(count)}\n\n`;
    });
  }
  return { tell, keepAlive: () => void send(async () => ': keep-alive\n\n'), end };
}

function isOver(response: Response): boolean {
  return response.destroyed || response.writableEnded;
}

/** Begins to send; `leave` is called once nobody reads any more. */
function begin(response: Response, teller: Teller, { leave, keepAliveMs }: { leave: () => void; keepAliveMs: number }) {
  if (isOver(response)) return leave();
  const keepAlive = setInterval(teller.keepAlive, keepAliveMs);
  response.once('close', () => {
    clearInterval(keepAlive);
    leave();
  });
  // A socket that breaks while it is written to is only a reader that left.
  response.on('error', () => response.destroy());
  response.writeHead(200, headers);
  response.flushHeaders();
  teller.tell();
}
