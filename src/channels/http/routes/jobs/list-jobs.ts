import { z } from 'zod';
import { may } from '#auth/permissions.ts';
import type { JobFileProblem } from '#jobs/files/parse-job-file.ts';
import type { JobService } from '#jobs/job-service.ts';
import { id } from '../../contract/common.ts';
import { jobListQuery, jobListView } from '../../contract/jobs.ts';
import { pageOf, readCursor } from '../../cursor.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentJob } from './job-view.ts';

const placeSchema = z.tuple([z.int(), id]);

interface Deps {
  readonly jobs: Pick<JobService, 'list'>;
  readonly fileProblems: () => readonly JobFileProblem[];
}

/** GET /api/v1/jobs */
export function createListJobs({ jobs, fileProblems }: Deps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/jobs',
    tag: 'Jobs',
    summary: 'One’s own jobs, newest change first; those of everybody for who manages jobs',
    access: 'jobs:own',
    query: jobListQuery,
    answer: jobListView,
    async handle({ actor, query: { cursor, limit } }) {
      const place = readCursor(cursor, placeSchema);
      const after = place === null ? null : { updatedAt: new Date(place[0]), id: place[1] };
      const entries = await jobs.list(actor, after, limit + 1);
      const page = pageOf(entries, limit, ({ job }) => [job.updatedAt.getTime(), job.id]);
      const list = { items: page.items.map(presentJob), nextCursor: page.nextCursor };
      return may(actor, 'jobs:manage') ? { ...list, fileProblems: [...fileProblems()] } : list;
    },
  });
}
