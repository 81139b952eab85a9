import { z } from 'zod';
import type { JobService } from '#jobs/job-service.ts';
import { done, doneView, id } from '../../contract/common.ts';
import {
  deliveryTestView,
  jobDeliveryPath,
  jobPath,
  jobRunListQuery,
  jobRunListView,
  jobRunPath,
  jobRunView,
  jobTrialView,
  runJobRequest,
  testDeliveryRequest,
  tryJobRequest,
} from '../../contract/jobs.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentJobRun, presentTrial } from './job-view.ts';

interface Deps {
  readonly jobs: JobService;
}

/** A job's runs, what became of their answers, and trials. */
export function createJobRunRoutes(deps: Deps): readonly Route[] {
  return [
    createListJobRuns(deps),
    createRunJob(deps),
    createGetJobRun(deps),
    createReplayJobRun(deps),
    createReplayDelivery(deps),
    createTestDelivery(deps),
    createTryJob(deps),
    createGetJobTrial(deps),
  ];
}

const placeSchema = z.tuple([z.int(), id]);

function createListJobRuns({ jobs }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/jobs/:id/runs',
    tag: 'Jobs',
    summary: 'What a job was started by and what became of it, newest first',
    access: 'jobs:own',
    params: jobPath,
    query: jobRunListQuery,
    answer: jobRunListView,
    async handle({ actor, params, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { createdAt: new Date(place[0]), id: place[1] };
      const entries = await jobs.runs(actor, params.id, { after, limit: limit + 1 });
      const page = pageOf(entries, limit, ({ run }) => [run.createdAt.getTime(), run.id]);
      return { items: page.items.map(presentJobRun), nextCursor: page.nextCursor };
    },
  });
}

function createRunJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/runs',
    tag: 'Jobs',
    summary: 'Start a job now',
    note: 'Only its owner gives it a payload, which stands for an event’s.',
    access: 'jobs:own',
    status: 201,
    maxBody: '256kb',
    params: jobPath,
    body: runJobRequest,
    answer: jobRunView,
    handle: async ({ actor, params, body }) => presentJobRun(await jobs.start(actor, params.id, body.payload)),
  });
}

function createGetJobRun({ jobs }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/jobs/:id/runs/:runId',
    tag: 'Jobs',
    summary: 'One run of a job; its conversation holds the transcript',
    access: 'jobs:own',
    params: jobRunPath,
    answer: jobRunView,
    handle: async ({ actor, params }) => presentJobRun(await jobs.run(actor, params.id, params.runId)),
  });
}

function createReplayJobRun({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/runs/:runId/replay',
    tag: 'Jobs',
    summary: 'Start a job once more with what an earlier run was started with, as the job is now',
    access: 'jobs:own',
    status: 201,
    params: jobRunPath,
    answer: jobRunView,
    handle: async ({ actor, params }) => presentJobRun(await jobs.replayRun(actor, params.id, params.runId)),
  });
}

function createReplayDelivery({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/deliveries/:deliveryId/replay',
    tag: 'Jobs',
    summary: 'Send a delivery that was given up once more',
    access: 'jobs:own',
    params: jobDeliveryPath,
    answer: doneView,
    async handle({ actor, params }) {
      await jobs.replayDelivery(actor, params.id, params.deliveryId);
      return done;
    },
  });
}

function createTestDelivery({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/delivery-tests',
    tag: 'Jobs',
    summary: 'Send a short test message to one place, as oneself',
    access: 'jobs:own',
    body: testDeliveryRequest,
    answer: deliveryTestView,
    handle: async ({ actor, body }) => ({ ...(await jobs.testDelivery(actor, body.delivery)) }),
  });
}

function createTryJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/job-trials',
    tag: 'Jobs',
    summary: 'Run a definition once without saving it; nothing is changed and nothing is sent',
    access: 'jobs:own',
    status: 201,
    maxBody: '256kb',
    body: tryJobRequest,
    answer: jobTrialView,
    handle: async ({ actor, body: { definition, payload } }) =>
      presentTrial(await jobs.tryOut(actor, { definition, payload }), actor.name),
  });
}

function createGetJobTrial({ jobs }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/job-trials/:id',
    tag: 'Jobs',
    summary: 'A trial with its answer and what it would have changed, once it has ended',
    access: 'jobs:own',
    params: jobPath,
    answer: jobTrialView,
    handle: async ({ actor, params }) => presentTrial(await jobs.trial(actor, params.id), actor.name),
  });
}
