import type { JobFileProblem } from '#jobs/files/parse-job-file.ts';
import type { JobService } from '#jobs/job-service.ts';
import type { HookService } from '#jobs/triggers/webhook/hook-service.ts';
import type { Route } from '../../route.ts';
import { createJobHelperRoutes, type JobHelperDeps } from './job-helper-routes.ts';
import { createJobHookRoutes } from './job-hook-routes.ts';
import { createOneJobRoutes } from './job-routes.ts';
import { createJobRunRoutes } from './job-run-routes.ts';
import { createListJobs } from './list-jobs.ts';

export interface JobRouteDeps extends JobHelperDeps {
  readonly jobs: JobService;
  readonly hooks: Pick<HookService, 'makeSecret' | 'makeOutboundSecret' | 'listEvents' | 'replayEvent'>;
  /** What is wrong with files of jobs. */
  readonly fileProblems: () => readonly JobFileProblem[];
}

/** Every endpoint of the jobs’ pages, apart from the hook that events come in at. */
export function createJobRoutes(deps: JobRouteDeps): readonly Route[] {
  return [
    createListJobs(deps),
    ...createOneJobRoutes(deps),
    ...createJobRunRoutes(deps),
    ...createJobHookRoutes(deps),
    ...createJobHelperRoutes(deps),
  ];
}
