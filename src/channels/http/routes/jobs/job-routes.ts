import type { JobService } from '#jobs/job-service.ts';
import { done, doneView } from '../../contract/common.ts';
import {
  changeAllowancesRequest,
  changeJobRequest,
  createJobRequest,
  importJobRequest,
  jobFileView,
  jobPath,
  jobView,
} from '../../contract/jobs.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentJob } from './job-view.ts';

interface Deps {
  readonly jobs: JobService;
}

/** Making, reading and changing one job. */
export function createOneJobRoutes(deps: Deps): readonly Route[] {
  return [
    createCreateJob(deps),
    createGetJob(deps),
    createChangeJob(deps),
    createDeleteJob(deps),
    createChangeAllowances(deps),
    createDuplicateJob(deps),
    createGetJobFile(deps),
    createImportJob(deps),
  ];
}

function createCreateJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs',
    tag: 'Jobs',
    summary: 'Make a job that acts as oneself',
    note: 'One that an API key makes does no more than the key may, and has no standing approvals.',
    access: 'jobs:own',
    status: 201,
    maxBody: '256kb',
    body: createJobRequest,
    answer: jobView,
    handle: async ({ actor, body }) => presentJob(await jobs.create(actor, body)),
  });
}

function createGetJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/jobs/:id',
    tag: 'Jobs',
    summary: 'A job with its next planned instants, its standing approvals and what keeps it from working',
    access: 'jobs:own',
    params: jobPath,
    answer: jobView,
    handle: async ({ actor, params }) => presentJob(await jobs.get(actor, params.id)),
  });
}

function createChangeJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'patch',
    path: '/api/v1/jobs/:id',
    tag: 'Jobs',
    summary: 'Change what a job does, pause or resume it',
    note: 'Only its owner changes what it does; who manages jobs may pause and resume it.',
    access: 'jobs:own',
    maxBody: '256kb',
    params: jobPath,
    body: changeJobRequest,
    answer: jobView,
    handle: async ({ actor, params, body }) => presentJob(await jobs.change(actor, params.id, body)),
  });
}

function createDeleteJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/jobs/:id',
    tag: 'Jobs',
    summary: 'Delete a job with its secrets and standing approvals; what its runs did stays in the record',
    access: 'jobs:own',
    params: jobPath,
    answer: doneView,
    async handle({ actor, params }) {
      await jobs.remove(actor, params.id);
      return done;
    },
  });
}

function createChangeAllowances({ jobs }: Deps): Route {
  return defineRoute({
    method: 'put',
    path: '/api/v1/jobs/:id/allowances',
    tag: 'Jobs',
    summary: 'The standing approvals of a job: what is new is given by oneself, what is left out is taken back',
    note: 'No API key gives any: sign in. Whoever may decide on a single call of the tool may approve it in advance.',
    access: 'jobs:own',
    params: jobPath,
    body: changeAllowancesRequest,
    answer: jobView,
    handle: async ({ actor, params, body }) => presentJob(await jobs.changeAllowances(actor, params.id, body)),
  });
}

function createDuplicateJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/jobs/:id/duplicate',
    tag: 'Jobs',
    summary: 'A paused copy that acts as oneself, without standing approvals',
    access: 'jobs:own',
    status: 201,
    params: jobPath,
    answer: jobView,
    handle: async ({ actor, params }) => presentJob(await jobs.duplicate(actor, params.id)),
  });
}

function createGetJobFile({ jobs }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/jobs/:id/file',
    tag: 'Jobs',
    summary: 'The job as the text of a file, without its standing approvals and whom it acts for',
    access: 'jobs:own',
    params: jobPath,
    answer: jobFileView,
    handle: ({ actor, params }) => jobs.exportFile(actor, params.id),
  });
}

function createImportJob({ jobs }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/job-imports',
    tag: 'Jobs',
    summary: 'Make a paused job that acts as oneself from the text of a file',
    access: 'jobs:own',
    maxBody: '256kb',
    status: 201,
    body: importJobRequest,
    answer: jobView,
    handle: async ({ actor, body }) => presentJob(await jobs.importFile(actor, body.text)),
  });
}
