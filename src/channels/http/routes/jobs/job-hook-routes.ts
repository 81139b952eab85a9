import type { Response } from 'express';
import { z } from 'zod';
import type { JobService } from '#jobs/job-service.ts';
import type { HookService } from '#jobs/triggers/webhook/hook-service.ts';
import { id } from '../../contract/common.ts';
import {
  type HookEventView,
  hookEventListView,
  hookEventPath,
  hookSecretView,
  jobPath,
  jobRunListQuery,
  jobRunView,
  outboundSecretView,
} from '../../contract/jobs.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type RawAnswer, type Route } from '../../route.ts';
import { presentJobRun } from './job-view.ts';

interface Deps {
  readonly jobs: Pick<JobService, 'find' | 'findOwn' | 'findStartable' | 'run'>;
  readonly hooks: Pick<HookService, 'makeSecret' | 'makeOutboundSecret' | 'listEvents' | 'replayEvent'>;
}

/** A job's hook: its secrets, and what came in. */
export function createJobHookRoutes(deps: Deps): readonly Route[] {
  return [
    createMakeHookSecret(deps),
    createMakeOutboundSecret(deps),
    createListHookEvents(deps),
    createReplayHookEvent(deps),
  ];
}

function createMakeHookSecret({ jobs, hooks }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/hook-secret',
    tag: 'Jobs',
    summary: 'A new secret for a job’s hook, shown this once; the one before counts a day longer',
    note: 'For a job that takes a secret in a header it comes with the script to paste into the trigger of a table in Ninox.',
    access: 'jobs:own',
    params: jobPath,
    answer: shownOnce('The address and the secret; the script is null where events are signed.', hookSecretView),
    async handle({ actor, params, response }) {
      const made = await hooks.makeSecret(actor, await jobs.findOwn(actor, params.id));
      sendOnce(response, hookSecretView.parse(made));
    },
  });
}

function createMakeOutboundSecret({ jobs, hooks }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/outbound-secret',
    tag: 'Jobs',
    summary: 'A new secret that signs what a job sends to webhooks, shown this once; the one before is over',
    access: 'jobs:own',
    params: jobPath,
    answer: shownOnce('The secret.', outboundSecretView),
    async handle({ actor, params, response }) {
      const made = await hooks.makeOutboundSecret(actor, await jobs.findOwn(actor, params.id));
      sendOnce(response, outboundSecretView.parse(made));
    },
  });
}

/** The door takes secrets in use out of what it sends, and these are to be read. */
function shownOnce(description: string, json: z.ZodType): RawAnswer {
  return { contentType: 'application/json', status: 201, description, json };
}

function sendOnce(response: Response, view: object): void {
  response.status(201).set('cache-control', 'no-store').json(view);
}

const placeSchema = z.tuple([z.int(), id]);

function createListHookEvents({ jobs, hooks }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/jobs/:id/events',
    tag: 'Jobs',
    summary: 'What came in at a job’s hook, refused events too, newest first',
    access: 'jobs:own',
    params: jobPath,
    query: jobRunListQuery,
    answer: hookEventListView,
    async handle({ actor, params, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { receivedAt: new Date(place[0]), id: place[1] };
      const job = await jobs.find(actor, params.id);
      const events = await hooks.listEvents(job, { after, limit: limit + 1 });
      const page = pageOf(events, limit, (event) => [event.receivedAt.getTime(), event.id]);
      return { items: page.items.map(presentEvent), nextCursor: page.nextCursor };
    },
  });
}

function createReplayHookEvent({ jobs, hooks }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/events/:eventId/replay',
    tag: 'Jobs',
    summary: 'Start a job with an event that came in earlier, whatever its conditions say',
    access: 'jobs:own',
    status: 201,
    params: hookEventPath,
    answer: jobRunView,
    async handle({ actor, params }) {
      const job = await jobs.findStartable(actor, params.id);
      const run = await hooks.replayEvent(actor, job, params.eventId);
      return presentJobRun(await jobs.run(actor, job.id, run.id));
    },
  });
}

type HookEvent = Awaited<ReturnType<HookService['listEvents']>>[number];

function presentEvent({
  id: eventId,
  messageId,
  outcome,
  reason,
  body,
  jobRunId,
  receivedAt,
}: HookEvent): HookEventView {
  return { id: eventId, messageId, outcome, reason, body, jobRunId, receivedAt: receivedAt.toISOString() };
}
