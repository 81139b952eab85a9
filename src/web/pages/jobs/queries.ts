import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { JobRunView, JobView } from '#channels/http/contract/jobs.ts';
import { ProblemError } from '../../api-client.ts';
import { jobApi } from './api.ts';

/** Everything kept about one job begins with `job` and its id, so that one call makes all of it fresh. */
const keys = {
  list: ['jobs'],
  one: (id: string) => ['job', id],
  editing: (id: string) => ['job-editing', id],
  runs: (id: string) => ['job', id, 'runs'],
  events: (id: string) => ['job', id, 'events'],
  templates: ['job-templates'],
  preview: (when: string, timeZone: string) => ['schedule-preview', when, timeZone],
  dead: ['dead-items'],
} as const;

const quick = 2_500;
const slow = 30_000;

export function useJobs() {
  return useInfiniteQuery({
    queryKey: keys.list,
    queryFn: ({ pageParam, signal }) => jobApi.list(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) =>
      query.state.data?.pages.some((page) => page.items.some(({ lastRun }) => isOpen(lastRun?.status))) ? quick : slow,
  });
}

export function useJob(id: string) {
  return useQuery({
    queryKey: keys.one(id),
    queryFn: ({ signal }) => jobApi.get(id, signal),
    refetchInterval: (query) => (isOpen(query.state.data?.lastRun?.status) ? quick : slow),
  });
}

/** The state an edit begins from: loaded afresh on every visit, and not again while the person writes. */
export function useJobToEdit(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.editing(id),
    queryFn: ({ signal }) => jobApi.get(id, signal),
    enabled,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export function useJobRuns(id: string) {
  return useInfiniteQuery({
    queryKey: keys.runs(id),
    queryFn: ({ pageParam, signal }) => jobApi.runs(id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.items.some(isUnsettled)) ? quick : slow),
  });
}

export function useHookEvents(id: string) {
  return useInfiniteQuery({
    queryKey: keys.events(id),
    queryFn: ({ pageParam, signal }) => jobApi.events(id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: slow,
  });
}

export function useJobTemplates() {
  return useQuery({
    queryKey: keys.templates,
    queryFn: async ({ signal }) => (await jobApi.templates(signal)).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a schedule means as it is typed; what was understood before stays until the next answer is there. */
export function useSchedulePreview(when: string, timeZone: string) {
  return useQuery({
    queryKey: keys.preview(when, timeZone),
    queryFn: () => jobApi.previewSchedule(when, timeZone),
    enabled: when !== '' && timeZone !== '',
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
}

/** A trial on its way, asked for until it has ended. */
export function useTrial(id: string | null) {
  return useQuery({
    queryKey: ['job-trial', id],
    queryFn: ({ signal }) => jobApi.trial(id ?? '', signal),
    enabled: id !== null,
    gcTime: 0,
    refetchInterval: (query) => (query.state.data === undefined || isOpen(query.state.data.run.status) ? 1_000 : false),
  });
}

/** What was given up after all its attempts; only who manages jobs sees it. */
export function useDeadItems(enabled: boolean) {
  return useQuery({
    queryKey: keys.dead,
    queryFn: ({ signal }) => jobApi.deadItems(signal),
    enabled,
    refetchInterval: slow,
  });
}

/** Makes everything about a job, and the lists it is in, fresh after a change. */
export function useRefreshJob(): (id: string) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (id) => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.list }),
        client.invalidateQueries({ queryKey: keys.one(id) }),
        client.invalidateQueries({ queryKey: keys.dead }),
      ]);
    },
    [client],
  );
}

/** Forgets a job that is gone, so that no page asks for it any more. */
export function useForgetJob(): (id: string) => Promise<void> {
  const client = useQueryClient();
  return async (id) => {
    client.removeQueries({ queryKey: keys.one(id) });
    await client.invalidateQueries({ queryKey: keys.list });
  };
}

/** Pauses a job or lets it go on: tried once more on its newest state where somebody has just changed it. */
export function useSwitchJob() {
  const refresh = useRefreshJob();
  return useMutation({
    async mutationFn({ job, status }: { job: JobView; status: JobView['status'] }) {
      try {
        return await jobApi.change(job.id, { revision: job.revision, status });
      } catch (error) {
        if (!(error instanceof ProblemError) || error.code !== 'JOB_CHANGED') throw error;
        const { revision } = await jobApi.get(job.id);
        return jobApi.change(job.id, { revision, status });
      }
    },
    onSettled: (_saved, _error, { job }) => refresh(job.id),
  });
}

/** Whether a run has not come to its end. */
export function isOpen(status: JobRunView['status'] | undefined): boolean {
  return status === 'queued' || status === 'working' || status === 'waiting';
}

function isUnsettled({ status, deliveries }: JobRunView): boolean {
  return isOpen(status) || deliveries.some((delivery) => delivery.status === 'pending');
}
