import type { z } from 'zod';
import { AppError } from '#errors';
import type { DeadItem, Queue } from '#jobs/queue.ts';
import type { ScheduleReader } from '#jobs/schedules/schedules.ts';
import type { JobTemplates } from '#jobs/templates/job-templates.ts';
import type { JobTemplate } from '#jobs/templates/template.ts';
import { done, doneView, idPath } from '../../contract/common.ts';
import {
  type DeadItemListView,
  deadItemListView,
  draftSchemaRequest,
  filledTemplateView,
  fillTemplateRequest,
  type JobTemplateView,
  jobTemplateListView,
  jobTemplatePath,
  previewScheduleRequest,
  schedulePreviewView,
  schemaDraftView,
} from '../../contract/jobs.ts';
import { defineRoute, type Route } from '../../route.ts';

export interface JobHelperDeps {
  readonly schedules: ScheduleReader;
  readonly templates: JobTemplates;
  /** A JSON Schema that payloads like this one meet. */
  readonly draftSchema: (sample: z.output<typeof draftSchemaRequest>['sample']) => object;
  readonly queue: Pick<Queue, 'dead' | 'replay'>;
  readonly clock: () => Date;
}

/** What helps to set up jobs, and what was given up. */
export function createJobHelperRoutes(deps: JobHelperDeps): readonly Route[] {
  return [
    createPreviewSchedule(deps),
    createDraftSchema(deps),
    createListTemplates(deps),
    createFillTemplate(deps),
    createListDeadItems(deps),
    createReplayDeadItem(deps),
  ];
}

/** How many planned instants are shown. */
const shown = 5;

function createPreviewSchedule({ schedules, clock }: Pick<JobHelperDeps, 'schedules' | 'clock'>): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/schedule-previews',
    tag: 'Jobs',
    summary: 'What a schedule means, as it is typed: in words, as cron, and its next five instants',
    access: 'jobs:own',
    body: previewScheduleRequest,
    answer: schedulePreviewView,
    handle({ body }) {
      const read = schedules.read(body);
      if (!read.ok) return { problem: read.problem, cron: null, words: null, next: [] };
      const next = schedules.next(body, clock(), shown).map((instant) => instant.toISOString());
      return { problem: null, cron: read.cron, words: read.words, next };
    },
  });
}

function createDraftSchema({ draftSchema }: Pick<JobHelperDeps, 'draftSchema'>): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/schema-drafts',
    tag: 'Jobs',
    summary: 'A JSON Schema drawn from a sample of what an event brings',
    access: 'jobs:own',
    maxBody: '256kb',
    body: draftSchemaRequest,
    answer: schemaDraftView,
    handle: ({ body }) => ({ schema: draftSchema(body.sample) as z.output<typeof schemaDraftView>['schema'] }),
  });
}

function createListTemplates({ templates }: Pick<JobHelperDeps, 'templates'>): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/job-templates',
    tag: 'Jobs',
    summary: 'Workflows to set up by answering questions',
    access: 'jobs:own',
    answer: jobTemplateListView,
    handle: () => ({ items: templates.list().map(presentTemplate), nextCursor: null }),
  });
}

function createFillTemplate({ templates }: Pick<JobHelperDeps, 'templates'>): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/job-templates/:id/fill',
    tag: 'Jobs',
    summary: 'A job from the answers to a template’s questions; saves nothing',
    access: 'jobs:own',
    maxBody: '256kb',
    params: jobTemplatePath,
    body: fillTemplateRequest,
    answer: filledTemplateView,
    async handle({ actor, params, body }) {
      const { definition, newPersona, notes } = await templates.fill(actor, params.id, body.answers);
      return { definition, newPersona, notes: [...notes] };
    },
  });
}

function createListDeadItems({ queue }: Pick<JobHelperDeps, 'queue'>): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/dead-items',
    tag: 'Jobs',
    summary: 'What was given up after all its attempts, of everybody’s jobs, newest first; at most a hundred',
    access: 'jobs:manage',
    answer: deadItemListView,
    async handle({ actor }) {
      const items = await queue.dead(actor.organizationId);
      return { items: items.map(presentDead), nextCursor: null };
    },
  });
}

function createReplayDeadItem({ queue }: Pick<JobHelperDeps, 'queue'>): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/dead-items/:id/replay',
    tag: 'Jobs',
    summary: 'Work on what was given up anew, with all its attempts',
    access: 'jobs:manage',
    params: idPath,
    answer: doneView,
    async handle({ actor, params }) {
      if (await queue.replay(actor.organizationId, params.id)) return done;
      throw new AppError(
        'NOT_FOUND',
        'Nothing with this id was given up. Somebody may have sent it on its way already.',
      );
    },
  });
}

function presentDead({ id, topic, payload, problem, diedAt }: DeadItem): DeadItemListView['items'][number] {
  return { id, topic, about: { ...payload }, problem, diedAt: diedAt.toISOString() };
}

function presentTemplate({ id, title, description, questions }: JobTemplate): JobTemplateView {
  return {
    id,
    title,
    description,
    questions: questions.map(({ choices, initial, askedWhen, ...question }) => ({
      ...question,
      choices: [...choices],
      initial: structuredClone(initial) as JobTemplateView['questions'][number]['initial'],
      askedWhen: askedWhen === null ? null : { question: askedWhen.question, is: [...askedWhen.is] },
    })),
  };
}
